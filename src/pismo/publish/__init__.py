"""Hand over what a plan says: claimed before, settled after, at the pace of the account."""
