//! Which of many things hold, with few looks: all at once, and where they do not hold, each half of them.
//!
//! It knows nothing of what it asks about.

/// So many are asked about one by one: a group says less of each.
const FEW: usize = 8;

/// The names of those that hold; `holds` is asked about groups, and of what no group
/// vouches for about each alone.
pub(super) fn held<Name, T>(all: Vec<(Name, &T)>, holds: impl Fn(&[&T]) -> bool) -> Vec<Name> {
    let mut good = Vec::new();
    // Two neighbours can hold together though one alone does not: they are never asked about at once.
    let mut pending = if all.len() <= FEW { all.into_iter().map(|one| vec![one]).collect() } else { halves(all) };
    while let Some(group) = pending.pop() {
        let things: Vec<&T> = group.iter().map(|(_, thing)| *thing).collect();
        if things.is_empty() || holds(&things) {
            good.extend(group.into_iter().map(|(name, _)| name));
        } else if group.len() > 1 {
            pending.extend(halves(group));
        }
    }
    good
}

/// Every other one, and the rest.
fn halves<T>(all: Vec<T>) -> Vec<Vec<T>> {
    let (even, odd): (Vec<_>, Vec<_>) = all.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    [even, odd].map(|half| half.into_iter().map(|(_, one)| one).collect()).into()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::held;

    #[test]
    fn good_ones_are_told_at_two_looks_and_a_bad_one_among_many_at_few() {
        let things: Vec<usize> = (0..1024).collect();
        let looks = |bad: &[usize]| {
            let count = Cell::new(0);
            let mut good = held(things.iter().map(|thing| (*thing, thing)).collect(), |group| {
                count.set(count.get() + 1);
                !group.iter().any(|thing| bad.contains(thing))
            });
            good.sort_unstable();
            assert!(good.into_iter().eq(things.iter().copied().filter(|thing| !bad.contains(thing))));
            count.get()
        };
        assert_eq!(looks(&[]), 2);
        assert_eq!(looks(&[700]), 20);
        assert!(looks(&[0, 1, 2, 3]) < 80);
    }

    #[test]
    fn what_gets_in_the_way_of_its_neighbour_is_good() {
        let things: Vec<usize> = (0..100).collect();
        let beside = |group: &[&usize]| group.windows(2).all(|pair| pair[0] + 1 < *pair[1]);
        assert_eq!(held(things.iter().map(|thing| (*thing, thing)).collect(), beside).len(), 100);
    }
}
