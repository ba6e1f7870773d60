//! Keys made up for these tests. They are registered nowhere and open nothing.

/// An Ed25519 key without a passphrase.
pub(crate) const PLAIN: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACD54geL069hyzb5wqsX7tvoGojwdJcX/HUvPS5cdxUO6wAAAKgWo9/cFqPf
3AAAAAtzc2gtZWQyNTUxOQAAACD54geL069hyzb5wqsX7tvoGojwdJcX/HUvPS5cdxUO6w
AAAEBwYIbIWtMkVQ+IzL8p/RkFPN/qhAQunfaCk7tNj8/Jy/niB4vTr2HLNvnCqxfu2+ga
iPB0lxf8dS89Llx3FQ7rAAAAJG1hZGUtdXAgdGVzdCBrZXksIHJlZ2lzdGVyZWQgbm93aG
VyZQE=
-----END OPENSSH PRIVATE KEY-----
";

/// Its public key, in hex.
pub(crate) const KEY_ID: &str = "f9e2078bd3af61cb36f9c2ab17eedbe81a88f0749717fc752f3d2e5c77150eeb";

/// The same key, encrypted.
pub(crate) const ENCRYPTED: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABAJ9sAsbt
fJx1367qt78BoiAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIPniB4vTr2HLNvnC
qxfu2+gaiPB0lxf8dS89Llx3FQ7rAAAAsAmin4xUn98QyDe9F7f09x9GcCftS53le6ButW
MrSu+1uuTF2pafK05RjJ8a3/+onjtn2LdXVhTTO7iO1iPMw9rE6k+83hujtV5hE59EMinI
PaQJn3kdxu5swCpqbwQSpSCVQC3x4uB5XdHMO32xhMHdTjRNIal1EOr2IJolBci33GrQwl
7bQxH4olRoKt6Lf2doTt1SqjBoMptXNbLiudDHGiiOF/HzvAjuKmcnLhLe
-----END OPENSSH PRIVATE KEY-----
";

/// What opens [`ENCRYPTED`].
pub(crate) const PASSPHRASE: &str = "correct horse";

/// A key of a type that the platform does not take.
pub(crate) const ECDSA: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQSCJR7VVZD47V4z6nP+p+oilwa8Bmjg
LLa+9Wlbhp4UOvjJmkg8RPvHlJn4nscn8wb5Go8RGgq/o/Ghhya3IgQrAAAAoE/luUxP5b
lMAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBIIlHtVVkPjtXjPq
c/6n6iKXBrwGaOAstr71aVuGnhQ6+MmaSDxE+8eUmfiexyfzBvkajxEaCr+j8aGHJrciBC
sAAAAgMK/oXyWHQzAM49pQALlZQ1D66bbm0tNnosvVjg+DQMkAAAAHbWFkZS11cAE=
-----END OPENSSH PRIVATE KEY-----
";

/// Another one.
pub(crate) const RSA: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAlwAAAAdzc2gtcn
NhAAAAAwEAAQAAAIEAwfBACUY7Djz27dL02e93u3a7PoZqylL44bvuksDqO5RofyavWg6R
McngaWYqckEjB3VWelMhBrY5ZEF2fmMbSt4QdttTLFCYZaf1mcnN91dHjrE5wFZZ9bMwxF
4KrviTZrR9BZxOza9XdQqWCciuORrtKOYLIHMEZ9awIdjqdPsAAAIAOKodhjiqHYYAAAAH
c3NoLXJzYQAAAIEAwfBACUY7Djz27dL02e93u3a7PoZqylL44bvuksDqO5RofyavWg6RMc
ngaWYqckEjB3VWelMhBrY5ZEF2fmMbSt4QdttTLFCYZaf1mcnN91dHjrE5wFZZ9bMwxF4K
rviTZrR9BZxOza9XdQqWCciuORrtKOYLIHMEZ9awIdjqdPsAAAADAQABAAAAgH8pIyOxm+
kzCglYB9mZzVzqdc2CXyT4EF4aVkx9F1gnb/jnCZS39nW5013oci5mDSzHwAMG3KHE+46D
6cjm/K4Ozk0GSiIWU4okybQABbpJ1sn7CxSx0BEeQ/FNUmlVPOBjVJUiK493bUWSBi945B
C257zNqF7QSlnA30BOr6aBAAAAQEOMNQm/NNcJWXgI8o3LVHQFASwnwPHjL9Zv9IvYiX46
DvKdnr+PYDDC/uUSQ236XBWCOWvWOpF5lBsx9jAshWIAAABBAOe83KKQAy6caDM7kUc85Q
U+Y/S4o9EinlzRJA2uiZXDG9RD3Ey7R8E2lCTZZEY0s3fwTqJEnfp6Drw4EZ3hYLsAAABB
ANY+RouHbzbQYl/JduX2nYtDXeya2XII0D41o+qntQeOKRJeJ5vExSOwHuzaA5og9cfr6s
ncKAs8sROZl1ddGMEAAAAHbWFkZS11cAECAwQ=
-----END OPENSSH PRIVATE KEY-----
";

/// Pieces of the key's text and of its seed that must never be shown.
pub(crate) const SECRETS: [&str; 4] =
    ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", "QyNTUxOQAAACD54geL069h", "AAAEBwYIbIWtMkVQ", PASSPHRASE];
