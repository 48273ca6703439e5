//! Where words come from. Today a library of texts with typed slots; a language model is one more source, and
//! whatever the source, the guard reads the result.

pub mod template;
