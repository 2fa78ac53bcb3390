"""What the door itself says no to, before or after a service is asked."""

from shared.refusals import Conflict, Forbidden, Invalid, NotFound, Refused


class NotAllowed(Forbidden):
    """Your roles do not include this.

    It takes one of: {roles}. Ask an operator, who can see and change roles.
    """


class RouteNotFound(NotFound):
    """Nothing is served at this address.

    All addresses are listed in /openapi.json and, to read, at /docs.
    """


class MethodNotAllowed(Refused):
    """This address does not understand that method.

    The `Allow` header names those it does.
    """

    status = 405


class MalformedBody(Invalid):
    """The body cannot be read: {problem}.

    Send UTF-8 encoded JSON; numbers must be finite and text free of NUL characters.
    """


class MalformedAddress(Refused):
    """The address cannot be read: {problem}.

    Percent-encode it as UTF-8, without NUL characters.
    """

    status = 400


class BodyTooLarge(Refused):
    """The body is larger than the {limit} bytes taken here.

    Send less at once; large files go through imports.
    """

    status = 413


class UnsupportedMediaType(Refused):
    """This address does not take a body of that kind.

    Send one of: {accepts}.
    """

    status = 415


class EncodedBody(Refused):
    """Compressed bodies are not taken.

    Leave `Content-Encoding` out and send the plain bytes.
    """

    status = 415


class IdempotencyKeyMissing(Refused):
    """A command needs an Idempotency-Key, so that sending it twice does not do it twice.

    Make up a new key (a UUID will do) for each thing you want done, and keep it when you retry.
    """

    status = 400


class IdempotencyKeyMalformed(Refused):
    """An Idempotency-Key is 1 to 255 visible ASCII characters.

    A UUID will do.
    """

    status = 400


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used for another request.

    Take a new key for a new request; send the same address, headers and body to repeat the old one.
    """


class StillRunning(Conflict):
    """The first request with this Idempotency-Key is still running.

    Send it again, with the same key, after a moment.
    """


class InvalidRequest(Invalid):
    """The request does not fit what this address takes.

    Correct what `errors` names; /docs shows what is expected.
    """


class UnusableValue(Invalid):
    """A value is outside what can be stored.

    Check sizes, lengths and dates against /docs.
    """


class InvalidCursor(Invalid):
    """The cursor is not one that was handed out to you for this list.

    Start again without a cursor.
    """


class IfMatchMissing(Refused):
    """A change needs If-Match, so that nobody overwrites what they have not seen.

    Read the resource and repeat with its ETag in If-Match.
    """

    status = 428


class Unavailable(Refused):
    """The service cannot do this at the moment; nothing was lost.

    Send the same request, with the same Idempotency-Key, after the time in Retry-After.
    """

    status = 503


class InternalError(Refused):
    """Something is wrong on our side; it was noted under the correlation id of this answer.

    Sending the same request again, with the same Idempotency-Key, is safe.
    """

    status = 500
