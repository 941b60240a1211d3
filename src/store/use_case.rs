//! A use case is one function of the SQL that both databases understand: `async fn(conn, what it is asked …) -> Result`. It is
//! declared once, there; a method of a part of the store hands it over, with what it is asked, to `read` or to `write`.
//!
//! It may have to wait for the one writer of SQLite, and to run again with others: then a copy is kept of what it is asked,
//! and lent to it each time. Where it runs at once, it borrows what its caller has.

use std::borrow::Borrow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::NaiveDate;

use super::declaratie::LineQuery;
use super::error::StoreError;
use super::journal::LedgerTable;
use crate::domain::Timestamp;

/// A use case under way.
pub type Step<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// What somebody asks, as he has it: a value or what he lends, or several.
pub trait Asked: Send + Sync {
    /// The same, as it waits.
    type Kept: Kept;

    /// A copy that may wait.
    fn keep(&self) -> Self::Kept;

    /// What the use case sees of it.
    fn lend(&self) -> Lent<'_, Self>;
}

/// What somebody asked, as it waits.
pub trait Kept: Send + Sync + 'static {
    /// What the use case sees of it.
    type Lent<'c>: Send;

    /// Lends it out, each time that the use case runs.
    fn lend(&self) -> Self::Lent<'_>;
}

/// What a use case sees of what it is asked.
pub type Lent<'c, A> = <<A as Asked>::Kept as Kept>::Lent<'c>;

/// A function that runs on a connection `C`, sees `L` of what it is asked, and gives a `T`.
pub trait UseCase<'c, C, L, T>: Send + Sync {
    /// Runs inside the transaction that the connection has open.
    fn run(&self, conn: &'c mut C, lent: L) -> Step<'c, T>;
}

/// What is lent, and kept as what it owns.
pub struct Owned<T: ToOwned + ?Sized>(T::Owned);

impl<T> Asked for &T
where
    T: ToOwned<Owned: Send + Sync + 'static> + Sync + ?Sized + 'static,
{
    type Kept = Owned<T>;

    fn keep(&self) -> Owned<T> {
        Owned((*self).to_owned())
    }

    fn lend(&self) -> &T {
        self
    }
}

impl<T> Kept for Owned<T>
where
    T: ToOwned<Owned: Send + Sync + 'static> + Sync + ?Sized + 'static,
{
    type Lent<'c> = &'c T;

    fn lend(&self) -> &T {
        self.0.borrow()
    }
}

/// What several share is not copied.
impl<T: Send + Sync + 'static> Asked for Arc<T> {
    type Kept = Self;

    fn keep(&self) -> Self {
        Self::clone(self)
    }

    fn lend(&self) -> &T {
        self
    }
}

impl<T: Send + Sync + 'static> Kept for Arc<T> {
    type Lent<'c> = &'c T;

    fn lend(&self) -> &T {
        self
    }
}

impl<A: Asked> Asked for Option<A> {
    type Kept = Option<A::Kept>;

    fn keep(&self) -> Self::Kept {
        self.as_ref().map(A::keep)
    }

    fn lend(&self) -> Lent<'_, Self> {
        self.as_ref().map(A::lend)
    }
}

impl<K: Kept> Kept for Option<K> {
    type Lent<'c> = Option<K::Lent<'c>>;

    fn lend(&self) -> Self::Lent<'_> {
        self.as_ref().map(K::lend)
    }
}

/// What is handed over as it is: a kind of value that a part of the store adds stands here too, when it is small, and is
/// lent (`&value`) when it is not.
macro_rules! values {
    ($($value:ty),*) => {$(
        impl Asked for $value {
            type Kept = Self;

            fn keep(&self) -> Self {
                *self
            }

            fn lend(&self) -> Self {
                *self
            }
        }

        impl Kept for $value {
            type Lent<'c> = Self;

            fn lend(&self) -> Self {
                *self
            }
        }
    )*};
}

values!(bool, i64, u32, NaiveDate, Timestamp, LedgerTable, LineQuery);

/// Several at once, and functions that are asked so many.
macro_rules! several {
    ($($asked:ident $lent:ident $at:tt),*) => {
        impl<$($asked: Asked),*> Asked for ($($asked,)*) {
            type Kept = ($($asked::Kept,)*);

            fn keep(&self) -> Self::Kept {
                ($(self.$at.keep(),)*)
            }

            fn lend(&self) -> Lent<'_, Self> {
                ($(self.$at.lend(),)*)
            }
        }

        impl<$($asked: Kept),*> Kept for ($($asked,)*) {
            type Lent<'c> = ($($asked::Lent<'c>,)*);

            fn lend(&self) -> Self::Lent<'_> {
                ($(self.$at.lend(),)*)
            }
        }

        impl<'c, C, T, F, Run, $($lent),*> UseCase<'c, C, ($($lent,)*), T> for F
        where
            C: 'c,
            F: Fn(&'c mut C, $($lent),*) -> Run + Send + Sync,
            Run: Future<Output = Result<T, StoreError>> + Send + 'c,
        {
            fn run(&self, conn: &'c mut C, lent: ($($lent,)*)) -> Step<'c, T> {
                Box::pin(self(conn, $(lent.$at),*))
            }
        }
    };
}

several!(A LA 0);
several!(A LA 0, B LB 1);
several!(A LA 0, B LB 1, D LD 2);
several!(A LA 0, B LB 1, D LD 2, E LE 3);

impl Asked for () {
    type Kept = ();

    fn keep(&self) {}

    fn lend(&self) {}
}

impl Kept for () {
    type Lent<'c> = ();

    fn lend(&self) {}
}

impl<'c, C, T, F, Run> UseCase<'c, C, (), T> for F
where
    C: 'c,
    F: Fn(&'c mut C) -> Run + Send + Sync,
    Run: Future<Output = Result<T, StoreError>> + Send + 'c,
{
    fn run(&self, conn: &'c mut C, (): ()) -> Step<'c, T> {
        Box::pin(self(conn))
    }
}
