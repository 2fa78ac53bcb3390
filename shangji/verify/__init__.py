"""Whether a stack kept its promises, judged from outside.

The checker shares no code with what it checks: it reads all schemas with SQL of its own over the
read-only role, all topics with a reader of its own, folds the events with a reducer of its own, and
knows the estate from a table of its own. What it reads goes into a scratch database on disk, so that
memory stays bounded and each equation is one query that shows both sides.

    estate     which records there are, who owns them and who hears of them
    topics     what lies in Kafka: a protocol, Kafka itself, and the envelope
    scratch    the database on disk that everything is copied into
    tables     what is copied from PostgreSQL
    snapshot   one instant in which everything said had been heard, or the failure to come to it
    reducer    what leads, deals and ownerships must be, folded from the first event on
    equations  C1 to C8, C10, C12 and C14; each says what it means
    checking   all of it, in order

The equations are those of Jepsen-style black-box checkers: a history of what clients were told, and
invariants over the state that is left when everything has come to rest
(https://jepsen.io/analyses, https://github.com/jepsen-io/elle).
"""
