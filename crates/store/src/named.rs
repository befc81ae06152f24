//! Values that the store keeps by name: one table of an enum gives the name and the way back.
//!
//! Invariant: a name that is none of the table's is a damaged row, never a default.

macro_rules! named {
    (
        $(#[$meta:meta])*
        $type:ident in $what:literal { $($(#[$doc:meta])+ $value:ident = $name:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$doc])+ $value,)+ }

        impl $type {
            /// Name in the store and in outputs.
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)+ }
            }

            fn parse(name: &str) -> Result<Self, $crate::StoreError> {
                match name {
                    $($name => Ok(Self::$value),)+
                    _ => Err($crate::StoreError::damaged($what)),
                }
            }
        }
    };
}

pub(crate) use named;
