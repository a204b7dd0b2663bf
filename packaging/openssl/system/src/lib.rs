//! Tells `openssl-sys` beside it whether this machine has OpenSSL.
