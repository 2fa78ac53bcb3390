-- Units may work by calendars of their own; blank is that of the unit above.
ALTER TABLE unit ADD COLUMN calendar text NOT NULL DEFAULT '';
