//! Members of groups: many systems give every user a group of their own, and let it write.

use std::io::Read as _;
use std::path::Path;

/// More than any machine's own list of users and groups has, in bytes.
const LIST_LIMIT: u64 = 4 << 20;

/// Whether nobody but this person and root is in a group. A group that the machine's own lists do
/// not have is private if it has the person's number, as `useradd` gives it.
pub(crate) fn is_private_group(group: u32, person: u32) -> bool {
    if group == 0 {
        return true;
    }
    let users = read_list(Path::new("/etc/passwd"));
    let groups = read_list(Path::new("/etc/group"));
    is_private_by(&users, &groups, group, person)
}

fn is_private_by(users: &str, groups: &str, group: u32, person: u32) -> bool {
    let users: Vec<(&str, u32, u32)> = users.lines().filter_map(parse_user).collect();
    let is_them = |user: u32| user == person || user == 0;
    if users
        .iter()
        .any(|(_, user, own)| *own == group && !is_them(*user))
    {
        return false;
    }
    let is_known = |name: &str| {
        let mut named = users.iter().filter(|(known, ..)| *known == name);
        named.any(|(_, user, _)| is_them(*user))
    };
    let mut found = false;
    for line in groups.lines() {
        let mut fields = line.split(':').skip(2);
        let (Some(number), Some(members)) = (fields.next(), fields.next()) else {
            continue;
        };
        if number.parse() != Ok(group) {
            continue;
        }
        found = true;
        let mut members = members
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        if !members.all(is_known) {
            return false;
        }
    }
    found || group == person
}

/// Name, user id and group of a line of `/etc/passwd`.
fn parse_user(line: &str) -> Option<(&str, u32, u32)> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    let id = fields.nth(1)?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    Some((name, id, group))
}

fn read_list(path: &Path) -> String {
    let mut text = String::new();
    if let Ok(file) = std::fs::File::open(path) {
        // What cannot be read lists nobody, and then only the number speaks.
        let _ = file.take(LIST_LIMIT).read_to_string(&mut text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/sh\n\
                         bob:x:1001:1001::/home/bob:/bin/sh\ncat:x:1002:50::/home/cat:/bin/sh\n";
    const GROUPS: &str = "root:x:0:\nana:x:1000:\nbob:x:1001:\nstaff:x:50:\ndevs:x:60:ana,bob\n\
                          alone:x:61:ana\nlocal:x:62:\nghosts:x:63:nobody-known\n";

    #[test]
    fn groups_of_one_are_told_from_shared_ones() {
        for private in [1000, 61, 62] {
            assert!(is_private_by(USERS, GROUPS, private, 1000), "{private}");
        }
        for shared in [1001, 50, 60, 63, 64] {
            assert!(!is_private_by(USERS, GROUPS, shared, 1000), "{shared}");
        }
        // Unknown to the machine's lists.
        assert!(is_private_by("", "", 5000, 5000));
        assert!(!is_private_by("", "", 5000, 5001));
    }
}
