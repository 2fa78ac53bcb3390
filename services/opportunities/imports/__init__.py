"""Files of other systems: the row models, and the handler each row goes to; by kind."""
