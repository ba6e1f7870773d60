//! The numbers of parameters that a function can have.

/// Calls a macro for each number of parameters, from 1 to 16, with a type and a value of each parameter.
macro_rules! for_each_number_of_parameters {
    ($implement:ident) => {
        $implement!(A a);
        $implement!(A a, B b);
        $implement!(A a, B b, C c);
        $implement!(A a, B b, C c, D d);
        $implement!(A a, B b, C c, D d, E e);
        $implement!(A a, B b, C c, D d, E e, F f);
        $implement!(A a, B b, C c, D d, E e, F f, G g);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o);
        $implement!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p);
    };
}

pub(crate) use for_each_number_of_parameters;
