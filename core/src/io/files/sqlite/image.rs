//! The content of a database once an interrupted transaction has been undone, made in memory:
//! SQLite does the same on disk, which a look must not.
//!
//! Only what is needed for that: a rollback journal is played back, and the committed frames of a
//! write-ahead log are laid over the file. Whatever does not fit is refused.
//!
//! Source: `SQLite`, "Database File Format", sections 3 (rollback journal) and 4 (write-ahead log).

use zeroize::Zeroizing;

/// The first bytes of a journal's header, and the last ones of a journal that belongs to several
/// databases.
const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// The first bytes of a log; the lowest bit tells how its checksums are counted.
const LOG_MAGIC: u32 = 0x377f_0682;
const LOG_VERSION: u32 = 3_007_000;
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// As many records as follow in the file.
const ALL_RECORDS: u32 = u32::MAX;
/// The place where a database says how it is written and read: 1 is a rollback journal, 2 a log.
pub(super) const WRITE_VERSION: usize = 18;
pub(super) const READ_VERSION: usize = 19;

/// The pages of a database.
struct Pages {
    bytes: Zeroizing<Vec<u8>>,
    /// The length of one, in bytes.
    size: usize,
}

impl Pages {
    fn of(bytes: Vec<u8>) -> Option<Self> {
        let bytes = Zeroizing::new(bytes);
        let size = match u16::from_be_bytes(bytes.get(16..18)?.try_into().ok()?) {
            1 => 65536,
            size => usize::from(size),
        };
        (size.is_power_of_two() && size >= 512).then_some(Self { bytes, size })
    }

    /// Makes it this many pages long; `None` if that is more than `limit` bytes.
    fn resize(&mut self, pages: u32, limit: usize) -> Option<()> {
        let length = self.size.checked_mul(usize::try_from(pages).ok()?)?;
        if length > limit {
            return None;
        }
        // Growing in place would leave the old pages behind, unwiped.
        let mut resized = Zeroizing::new(Vec::with_capacity(length));
        let kept = self.bytes.len().min(length);
        resized.extend_from_slice(&self.bytes[..kept]);
        resized.resize(length, 0);
        self.bytes = resized;
        Some(())
    }

    /// Puts a page, counted from 1, in its place, if it is one of the database's.
    fn put(&mut self, number: u32, page: &[u8]) {
        let start = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1)?.checked_mul(self.size));
        if let Some(place) =
            start.and_then(|start| self.bytes.get_mut(start..start.checked_add(self.size)?))
        {
            place.copy_from_slice(page);
        }
    }
}

/// The database with the transaction undone that this journal was written for, or with what this log
/// adds to it; `None` if that cannot be told, or is longer than `limit` bytes.
pub fn recover_database(
    database: Vec<u8>,
    journal: Option<&[u8]>,
    log: Option<&[u8]>,
    limit: usize,
) -> Option<Zeroizing<Vec<u8>>> {
    let mut pages = Pages::of(database)?;
    if let Some(journal) = journal {
        play_back(&mut pages, journal, limit)?;
    }
    if let Some(log) = log {
        lay_over(&mut pages, log, limit)?;
    }
    // In memory there is neither journal nor log.
    *pages.bytes.get_mut(READ_VERSION)? = 1;
    *pages.bytes.get_mut(WRITE_VERSION)? = 1;
    Some(pages.bytes)
}

/// Whether a journal is one that has not been ended: its header is wiped when it is.
pub(super) fn is_begun(journal: &[u8]) -> bool {
    journal.first().is_some_and(|byte| *byte != 0)
}

fn play_back(pages: &mut Pages, journal: &[u8], limit: usize) -> Option<()> {
    if !is_begun(journal) {
        return Some(());
    }
    // Of several databases: whether it still counts depends on a file that may lie anywhere.
    if journal.len() > 28 && journal.ends_with(&JOURNAL_MAGIC) {
        return None;
    }
    let mut at = 0;
    let mut is_first = true;
    // A journal whose header was never completed has nothing to be undone.
    while journal
        .get(at..)
        .is_some_and(|rest| rest.starts_with(&JOURNAL_MAGIC))
    {
        let Some(header) = JournalHeader::at(journal, at) else {
            return is_first.then_some(());
        };
        if !header.fits(pages) {
            return None;
        }
        if is_first {
            pages.resize(header.pages, limit)?;
            is_first = false;
        }
        let mut next = at.checked_add(header.sector)?;
        let record = pages.size + 8;
        let mut left = header.records;
        while left > 0 {
            let Some(bytes) = journal.get(next..next.checked_add(record)?) else {
                return Some(());
            };
            let number = u32_at(bytes, 0)?;
            let page = bytes.get(4..4 + pages.size)?;
            // What follows was not written to the end before the machine stopped.
            if number == 0 || journal_sum(header.nonce, page) != u32_at(bytes, 4 + pages.size)? {
                return Some(());
            }
            pages.put(number, page);
            next += record;
            left -= u32::from(left != ALL_RECORDS);
        }
        at = next.checked_next_multiple_of(header.sector)?;
    }
    Some(())
}

struct JournalHeader {
    records: u32,
    nonce: u32,
    /// The length that the database had, in pages.
    pages: u32,
    /// The bytes from the header to the first record.
    sector: usize,
    page_size: usize,
}

impl JournalHeader {
    fn at(journal: &[u8], at: usize) -> Option<Self> {
        let header = journal.get(at..at.checked_add(28)?)?;
        Some(Self {
            records: u32_at(header, 8)?,
            nonce: u32_at(header, 12)?,
            pages: u32_at(header, 16)?,
            sector: usize::try_from(u32_at(header, 20)?).ok()?,
            page_size: usize::try_from(u32_at(header, 24)?).ok()?,
        })
    }

    fn fits(&self, pages: &Pages) -> bool {
        self.sector.is_power_of_two()
            && (32..=65536).contains(&self.sector)
            && (self.page_size == 0 || self.page_size == pages.size)
            && self.pages > 0
    }
}

/// Every two hundredth byte from the end, added to the nonce.
fn journal_sum(nonce: u32, page: &[u8]) -> u32 {
    let mut sum = nonce;
    let mut at = page.len().saturating_sub(200);
    while at > 0 {
        sum = sum.wrapping_add(page.get(at).copied().map_or(0, u32::from));
        at = at.saturating_sub(200);
    }
    sum
}

fn lay_over(pages: &mut Pages, log: &[u8], limit: usize) -> Option<()> {
    let Some(header) = log.get(..LOG_HEADER) else {
        // Emptied, or never begun.
        return Some(());
    };
    let magic = u32_at(header, 0)?;
    let is_big_endian = magic & 1 == 1;
    let mut sums = log_sum((0, 0), header.get(..24)?, is_big_endian);
    let is_whole = magic & !1 == LOG_MAGIC
        && u32_at(header, 4)? == LOG_VERSION
        && (u32_at(header, 24)?, u32_at(header, 28)?) == sums;
    // SQLite counts such a log as empty.
    if !is_whole {
        return Some(());
    }
    if usize::try_from(u32_at(header, 8)?).ok()? != pages.size {
        return None;
    }
    let salts = header.get(16..24)?;
    let mut uncommitted: Vec<(u32, &[u8])> = Vec::new();
    for frame in log
        .get(LOG_HEADER..)?
        .chunks_exact(FRAME_HEADER + pages.size)
    {
        let (head, page) = frame.split_at(FRAME_HEADER);
        sums = log_sum(sums, head.get(..8)?, is_big_endian);
        sums = log_sum(sums, page, is_big_endian);
        // From here on it is what an earlier use of the file has left.
        if head.get(8..16)? != salts || (u32_at(head, 16)?, u32_at(head, 20)?) != sums {
            break;
        }
        uncommitted.push((u32_at(head, 0)?, page));
        let length = u32_at(head, 4)?;
        if length > 0 {
            pages.resize(length, limit)?;
            for (number, page) in uncommitted.drain(..) {
                pages.put(number, page);
            }
        }
    }
    Some(())
}

fn log_sum((mut one, mut two): (u32, u32), bytes: &[u8], is_big_endian: bool) -> (u32, u32) {
    let (pairs, _) = bytes.as_chunks::<8>();
    for &[a, b, c, d, e, f, g, h] in pairs {
        let (first, second) = ([a, b, c, d], [e, f, g, h]);
        let (first, second) = if is_big_endian {
            (u32::from_be_bytes(first), u32::from_be_bytes(second))
        } else {
            (u32::from_le_bytes(first), u32::from_le_bytes(second))
        };
        one = one.wrapping_add(first).wrapping_add(two);
        two = two.wrapping_add(second).wrapping_add(one);
    }
    (one, two)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}
