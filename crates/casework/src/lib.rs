//! A hit's way through human review, as states and commands.
