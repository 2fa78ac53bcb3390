-- Every transaction used to enter through this function; now the statement that opens it says the same
-- itself, which costs PostgreSQL less than calling a function that runs two statements.

DROP FUNCTION shangji_enter(text, text, text);
