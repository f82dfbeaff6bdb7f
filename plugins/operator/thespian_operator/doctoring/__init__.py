"""Whether a start would work here: facts are gathered, judged by pure functions, and told."""
