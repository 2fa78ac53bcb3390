"""Every no that a rule of this service can say."""

from shared.refusals import Conflict, Forbidden, Invalid, NotFound


class LeadNotFound(NotFound):
    """There is no such lead, or you may not see it."""


class CustomerNotFound(NotFound):
    """There is no such customer, or you may not see it."""


class ContactNotFound(NotFound):
    """There is no such contact, or you may not see it."""


class SubmissionNotFound(NotFound):
    """There is no such submission, or you may not see it."""


class UnreadableValues(Invalid):
    """Some values cannot be what their fields say.

    Correct the fields named in `errors` and send it again.
    """


class AlreadyConverted(Conflict):
    """This lead was converted before, to customer {customer_id}.

    Look at the customer, and at the deal if there is one.
    """


class LeadIsOver(Conflict):
    """This lead is {state}; nothing more can be done with it."""


class NotQualifiedYet(Conflict):
    """Leads like this one are converted once they are qualified.

    Write down what you know of budget, authority, need and timing first.
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
