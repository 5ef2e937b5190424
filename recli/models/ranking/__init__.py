"""What a user will rate next: models of who rated what, blended, for ranking and recommending."""
