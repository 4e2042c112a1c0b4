//! Command lines of the toolkit's tools and their exact complaints.

fn main() {}
