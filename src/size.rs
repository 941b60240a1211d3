//! What is small and what is large: the one policy of size.
//!
//! Small ones are many, and nobody should wait for a large one; a large one is rare, and may take its time. From the least to
//! the most, each level does what those before it do:
//!
//! | size | from | what |
//! |---|---|---|
//! | small | | taken in and judged at once, on the thread that is there; in memory; recorded in one transaction |
//! | large | [`LARGE_BYTES`] | a thread of its own, which steps back for others (`exchange::background`) |
//! | huge | over [`HUGE_BYTES`] (a table: [`HUGE_TABLE_BYTES`]), or over [`HUGE_ROWS`] rows | waits in a file for its turn (`http::body`), and is written in portions before its verdict (`store`: `staging`) |

/// From how many bytes on a bericht is large: a smaller one is done within a few milliseconds.
pub const LARGE_BYTES: usize = 1 << 18;

/// The most that is held in memory before its turn, and that one transaction writes. A driver and a database make copies of
/// each value on its way in.
pub const HUGE_BYTES: usize = 1 << 20;

/// The most rows that one transaction writes.
pub const HUGE_ROWS: usize = 250;

/// From how many bytes on rows take turns: each becomes a line of a bericht, which is far longer.
pub const HUGE_TABLE_BYTES: usize = 1 << 17;

/// How large something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// Nobody waits for it.
    Small,
    /// Others would wait for it on their thread.
    Large,
    /// Others would wait for it in memory, and in the database.
    Huge,
}

impl Size {
    /// Of so many bytes.
    #[must_use]
    pub const fn of(bytes: usize) -> Self {
        Self::with_rows(bytes, 0)
    }

    /// Of so many bytes, which become so many rows.
    #[must_use]
    pub const fn with_rows(bytes: usize, rows: usize) -> Self {
        if bytes > HUGE_BYTES || rows > HUGE_ROWS {
            Self::Huge
        } else if bytes >= LARGE_BYTES {
            Self::Large
        } else {
            Self::Small
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_begins_where_the_one_before_ends() {
        for (bytes, rows, size) in [
            (0, 0, Size::Small),
            (LARGE_BYTES - 1, HUGE_ROWS, Size::Small),
            (LARGE_BYTES, 0, Size::Large),
            (HUGE_BYTES, HUGE_ROWS, Size::Large),
            (HUGE_BYTES + 1, 0, Size::Huge),
            (0, HUGE_ROWS + 1, Size::Huge),
        ] {
            assert_eq!(Size::with_rows(bytes, rows), size, "{bytes} bytes, {rows} rows");
        }
        assert!(Size::Small < Size::Large && Size::Large < Size::Huge);
    }
}
