"""C1: what clients were told was kept, and nothing was done that nobody asked for."""

from shangji.verify.equations.check import Check

COMMANDS: tuple[Check, ...] = (
    Check(
        equation="C1",
        says="A ⊆ I: an accepted command has its stored answer",
        sql="""
        SELECT told.key, told.scope AS "client.scope", told.status AS "client.status",
               told.response_id AS "client.response_id", answer.status AS "service.status",
               substr(answer.body, 1, 200) AS "service.body"
          FROM told
          LEFT JOIN answer
            ON answer.key = told.key AND answer.scope = told.scope
           AND (told.principal IS NULL OR answer.principal = told.principal)
         WHERE told.status = 'ok'
           AND (answer.status IS NULL OR answer.status NOT BETWEEN 200 AND 299
                OR (told.response_id IS NOT NULL AND instr(answer.body, told.response_id) = 0))
        """,
    ),
    Check(
        equation="C1",
        says="a refused command did nothing",
        sql="""
        SELECT told.key, told.scope AS "client.scope", answer.status AS "service.status"
          FROM told
          JOIN answer
            ON answer.key = told.key AND answer.scope = told.scope
           AND (told.principal IS NULL OR answer.principal = told.principal)
         WHERE told.status = 'refused' AND answer.status BETWEEN 200 AND 299
        """,
    ),
    Check(
        equation="C1",
        says="I \\ A ⊆ unknown: whatever took effect was asked for by a client of the ledger",
        sql="""
        WITH covered AS (SELECT DISTINCT scope, principal FROM told)
        SELECT answer.key, answer.service AS "service.name", answer.scope AS "service.scope",
               answer.status AS "service.status", NULL AS "client.status"
          FROM answer
         WHERE answer.status BETWEEN 200 AND 299
           AND EXISTS (SELECT 1 FROM covered
                        WHERE covered.scope = answer.scope
                          AND (covered.principal IS NULL OR covered.principal = answer.principal))
           AND answer.key NOT IN (SELECT key FROM told)
        """,
    ),
)
