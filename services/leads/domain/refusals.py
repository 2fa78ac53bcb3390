"""Every no that a rule of this service can say."""

from shared.refusals import Conflict, Forbidden, Invalid, NotFound, Refused, Unauthenticated


class LeadNotFound(NotFound):
    """There is no such lead, or you may not see it."""


class CustomerNotFound(NotFound):
    """There is no such customer, or you may not see it."""


class ContactNotFound(NotFound):
    """There is no such contact, or you may not see it."""


class SubmissionNotFound(NotFound):
    """There is no such submission, or you may not see it."""


class TrainingNotFound(NotFound):
    """There is no such training."""


class NothingLearned(NotFound):
    """No learned score is in force.

    Have one learned by `POST /scoring/trainings`, look at its card, and activate it.
    """


class UnreadableValues(Invalid):
    """Some values cannot be what their fields say.

    Correct the fields named in `errors` and send it again.
    """


class AlreadyConverted(Conflict):
    """This lead was converted before, to customer {customer_id}.

    Look at the customer, and at the deal if there is one.
    """


class PersonNotYours(Forbidden):
    """This person is neither yours nor of a deal of yours.

    Say in `purpose` what you need them for; it is kept with your name.
    """


class ErasureNotFound(NotFound):
    """There is no such erasure."""


class LeadIsErased(Conflict):
    """The person of this lead was erased; nothing more can be done with it.

    Bring them in again if they come again: that makes a new lead.
    """


class LeadIsOver(Conflict):
    """This lead is {state}; nothing more can be done with it."""


class NotOver(Conflict):
    """This lead is {state}: it has not come to an end, so there is nothing to open again."""


class WithdrawnWithItsImport(Conflict):
    """The import that brought this lead was undone.

    Import its record again, and the lead is here again.
    """


class RevealNotAllowed(Forbidden):
    """Only operators and managers may take everybody's phone and mail out.

    Leave `reveal` out: those of your own leads are in the file as they are.
    """


class PurposeMissing(Invalid):
    """Whoever takes everybody's phone and mail out says why.

    Send `purpose` along; it is kept with your name.
    """


class NothingPlanned(Conflict):
    """No touch is planned for this lead: it is ready, over, or at the end of its plan."""


class NoSuchTag(NotFound):
    """There is no tag {tag}.

    The configuration `tags` says which there are.
    """


class NotQualifiedYet(Conflict):
    """Leads like this one are converted once they are qualified.

    Write down what you know of budget, authority, need and timing first.
    """


class NotRegisteredYet(Conflict):
    """Leads like this one are converted by themselves once a registration of them protects.

    Register it: POST /registrations of opportunities, with its `lead_id`.
    """


class NotConverted(Conflict):
    """No conversion of this lead stands, so there is none to undo."""


class TooLateToUndo(Conflict):
    """A conversion like this one could be undone until {undo_until}."""


class BeingUndone(Conflict):
    """This conversion is being undone already; whether its deal may go is just being looked at."""


class DealHasMovedOn(Conflict):
    """The deal that came of it stays, because something has happened to it: {reasons}.

    Lose the deal instead, with a reason.
    """


class DealRuledOut(Conflict):
    """Leads like this one become customers without a deal.

    Convert it without `deal`; a deal can be opened from the customer later.
    """


class CompanyNameMissing(Conflict):
    """The lead names no company, so there is nothing to call the customer by.

    Send `customer_name`, or the `customer_id` of a customer who is already known.
    """


class HeldByAnotherLead(Conflict):
    """Another lead already goes by this phone number or mail address."""


class DuplicateNotFound(NotFound):
    """There is no such pair, or you may not see both of its records."""


class NotMerged(Conflict):
    """{subject_id} is not merged into anything."""


class MergedIntoAnother(Conflict):
    """{subject_id} is itself merged into another one.

    Undo that first, or go on with the other one: `merged_into` says which.
    """


class WithdrawnAgain(Conflict):
    """{subject_id} was withdrawn, because the conversion that made it was undone."""


class StandsAbove(Conflict):
    """{customer_id} stands above {parent_id} in its group, or is that very organisation.

    Move {parent_id} out from below it first.
    """


class ContactAlreadyKnown(Conflict):
    """This person is already known, as {contact_id}.

    Link that contact to the organisation.
    """


class LastOrganisation(Conflict):
    """A contact speaks for one organisation at least, and this is the last.

    Link the contact to another organisation first.
    """


class NotLinked(NotFound):
    """The contact does not speak for {customer_id}."""


class SameRecord(Invalid):
    """A record cannot be merged with itself."""


class ConvertedLeadGoesOn(Conflict):
    """The other lead was converted: a customer came of it.

    Merge the other way round, so that the converted lead goes on. Two converted leads stay two;
    merge their customers.
    """


class OwnerWouldBeLost(Conflict):
    """The other record has an owner and this one has none.

    Merge the other way round, so that the record that has an owner goes on.
    """


class CannotBecomeOne(Conflict):
    """A {one} and a {other} cannot become one record.

    Convert the lead to the customer, or say that they are not the same.
    """


class DecidedBefore(Conflict):
    """Somebody has decided about this pair before: {state}."""


class ChecksUsedUp(Forbidden):
    """You have asked {limit} times within a day; that is all that policy allows.

    Ask again tomorrow, or ask whoever operates this to look.
    """


class AlreadyAccepted(Conflict):
    """This submission is a lead already; there is nothing to mend."""


class CustomerAlreadyKnown(Conflict):
    """A customer of this name is already known, as {customer_id}."""


class RulesDoNotCompile(Invalid):
    """Some conditions are not expressions over what is known of a lead.

    Correct the conditions that `errors` names.
    """


class ChannelNotFound(NotFound):
    """There is no channel {channel}."""


class SenderUnproven(Unauthenticated):
    """This is not from a sender the channel knows: {reason}.

    Check the secret, and what is signed with it; docs/api/channels.md shows each scheme.
    """


class ChannelIsOff(Conflict):
    """The channel {channel} is switched off; what comes is kept, and read once it is on again."""


class UnreadableSubmission(Invalid):
    """What was sent cannot be read: {problem}."""


class AlreadyDiscarded(Conflict):
    """This submission was discarded."""


class SecretWillNotDo(Invalid):
    """A secret for {scheme} consists of: {parts}.

    Send exactly these parts; leave `parts` out to have one made up, where the scheme lets us.
    """


class ReplayNotFound(NotFound):
    """There is no such replay of this channel."""


class NothingToReplay(Conflict):
    """No submission of the channel {channel} came in this window."""


class NotFromChannel(Conflict):
    """This submission came by POST /leads, which reads it one way only.

    Send it again, mended, to `/submissions/{submission_id}/replay`.
    """


class DetailsAwaited(Conflict):
    """It only names a lead; the platform is being asked for it."""


class DetailsNotToBeHad(Conflict):
    """The platform was asked {attempts} times for what this names: {problem}.

    Once that is mended, replay the day it came.
    """


class LooksLikeRobot(Conflict):
    """This was not sent by somebody who read the form: {signs}."""


class TooManySubmissions(Refused):
    """So many submissions came from this address that it has to wait a little.

    Send the same again after the time in Retry-After; nothing of it was kept.
    """

    status = 429
