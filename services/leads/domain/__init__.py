"""Pure rooms: what a lead, a customer and a contact are, and every decision about them."""
