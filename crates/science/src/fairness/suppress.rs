//! Which counts of a table are withheld so that those of small groups cannot be worked out from the others.
//!
//! Goes in: the sizes of a table's cells and the smallest size that may be shown. Comes out: which cells are withheld: the small
//! ones, and others so that no withheld one follows from what is shown with the totals of rows, of columns and of all, which
//! have to be taken for known (Cox 1980, Suppression methodology and statistical disclosure control, JASA 75:377-385; Willenborg
//! and de Waal 2001, section 4). A withheld cell is safe when the linear bounds of what it can be are [`SPAN`] apart. In a table of two
//! attributes the bounds are those of a flow from rows to columns, exact and whole.

/// How far apart the bounds of a withheld cell must be, in people.
pub const SPAN: u64 = 10;

/// Groups of one attribute: which are withheld, where their sum is known.
#[must_use]
pub fn row(sizes: &[u64], smallest: u64) -> Vec<bool> {
    let mut withheld: Vec<bool> = sizes.iter().map(|size| (1..smallest).contains(size)).collect();
    loop {
        let hidden = || sizes.iter().zip(&withheld).filter(|(_, hidden)| **hidden).map(|(size, _)| *size);
        let (count, sum) = (hidden().count(), hidden().sum::<u64>());
        // What each can be lies between 0 and the sum of all; alone it is the sum.
        if count == 0 || (count > 1 && sum >= SPAN) {
            return withheld;
        }
        let next = (0..sizes.len()).filter(|at| withheld.get(*at) == Some(&false)).min_by_key(|at| {
            let size = sizes.get(*at).copied().unwrap_or(0);
            // Who has nobody protects nobody, unless there is no other.
            (size == 0, size)
        });
        match next.and_then(|at| withheld.get_mut(at)) {
            Some(slot) => *slot = true,
            None => return withheld,
        }
    }
}

/// What a withheld cell of a table can be at least and at most, when everything else shown and all totals are known.
#[must_use]
pub fn bounds(table: &[Vec<u64>], withheld: &[Vec<bool>], (row, column): (usize, usize)) -> (u64, u64) {
    let value = table.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0);
    let most = flow(table, withheld, (row, column), u64::MAX);
    let least = value - flow_down(table, withheld, (row, column), value);
    (least, value.saturating_add(most))
}

/// How much a cell can grow: what can flow from its column back to its row through other withheld cells.
fn flow(table: &[Vec<u64>], withheld: &[Vec<bool>], (row, column): (usize, usize), most: u64) -> u64 {
    let mut left = table.to_vec();
    let mut sum = 0;
    // Growing takes from another cell of the column, which gives to another of that cell's row, and so on to the row.
    while sum < most {
        let Some(path) = path(&left, withheld, (row, column), Way::Grow) else { break };
        let least =
            path.iter().filter(|step| !step.2).map(|step| at(&left, step.0, step.1)).min().unwrap_or(0);
        let amount = least.min(most - sum);
        if amount == 0 {
            break;
        }
        change(&mut left, &path, amount);
        sum += amount;
    }
    sum
}

fn flow_down(table: &[Vec<u64>], withheld: &[Vec<bool>], (row, column): (usize, usize), most: u64) -> u64 {
    let mut left = table.to_vec();
    let mut sum = 0;
    while sum < most {
        let Some(path) = path(&left, withheld, (row, column), Way::Shrink) else { break };
        let least = path.iter().filter(|step| !step.2).map(|step| at(&left, step.0, step.1)).min();
        let amount = least.unwrap_or(u64::MAX).min(most - sum);
        if amount == 0 {
            break;
        }
        change(&mut left, &path, amount);
        sum += amount;
    }
    sum
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Grow,
    Shrink,
}

fn at(table: &[Vec<u64>], row: usize, column: usize) -> u64 {
    table.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0)
}

fn change(table: &mut [Vec<u64>], path: &[(usize, usize, bool)], amount: u64) {
    for (row, column, grows) in path {
        if let Some(cell) = table.get_mut(*row).and_then(|row| row.get_mut(*column)) {
            *cell = if *grows { cell.saturating_add(amount) } else { cell.saturating_sub(amount) };
        }
    }
}

/// A way of withheld cells from the cell's column back to its row, by turns in a column and in a row; cells that shrink must
/// have something. Steps are row, column and whether the cell grows.
fn path(
    table: &[Vec<u64>],
    withheld: &[Vec<bool>],
    (row, column): (usize, usize),
    way: Way,
) -> Option<Vec<(usize, usize, bool)>> {
    let rows = table.len();
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let open = |r: usize, c: usize| {
        (r, c) != (row, column) && withheld.get(r).and_then(|row| row.get(c)).copied().unwrap_or(false)
    };
    // Breadth first over columns; from a column to a row by the sign that undoes the cell, from a row to a column by the other.
    let first_grows = way == Way::Shrink;
    let mut from_column: Vec<Option<(usize, usize)>> = vec![None; columns];
    let mut row_from: Vec<Option<usize>> = vec![None; rows];
    let mut seen = vec![false; columns];
    let mut queue = std::collections::VecDeque::from([column]);
    if let Some(slot) = seen.get_mut(column) {
        *slot = true;
    }
    let may = |r: usize, c: usize, grows: bool| open(r, c) && (grows || at(table, r, c) > 0);
    while let Some(c) = queue.pop_front() {
        for r in 0..rows {
            if row_from.get(r).copied().flatten().is_some() || !may(r, c, first_grows) {
                continue;
            }
            if let Some(slot) = row_from.get_mut(r) {
                *slot = Some(c);
            }
            if r == row {
                let mut path = Vec::new();
                let (mut r, mut c) = (r, c);
                loop {
                    path.push((r, c, first_grows));
                    let Some((before, _)) = from_column.get(c).copied().flatten() else { break };
                    path.push((before, c, !first_grows));
                    r = before;
                    c = row_from.get(r).copied().flatten()?;
                }
                return Some(path);
            }
            for next in 0..columns {
                if !seen.get(next).copied().unwrap_or(true) && may(r, next, !first_grows) {
                    if let Some(slot) = seen.get_mut(next) {
                        *slot = true;
                    }
                    if let Some(slot) = from_column.get_mut(next) {
                        *slot = Some((r, next));
                    }
                    queue.push_back(next);
                }
            }
        }
    }
    None
}

/// Cells of a table of two attributes that are withheld: as few large ones as come first, by size. A table in which a small one
/// cannot be kept apart is withheld as a whole.
#[must_use]
pub fn table(sizes: &[Vec<u64>], smallest: u64) -> Vec<Vec<bool>> {
    let mut withheld: Vec<Vec<bool>> =
        sizes.iter().map(|row| row.iter().map(|size| (1..smallest).contains(size)).collect()).collect();
    let unsafe_cell = |withheld: &[Vec<bool>]| {
        let cells = sizes.iter().enumerate().flat_map(|(r, row)| (0..row.len()).map(move |c| (r, c)));
        cells.filter(|(r, c)| withheld.get(*r).and_then(|row| row.get(*c)).copied().unwrap_or(false)).find(
            |cell| {
                let (low, high) = bounds(sizes, withheld, *cell);
                high - low < SPAN
            },
        )
    };
    while let Some((row, column)) = unsafe_cell(&withheld) {
        // The rectangle that costs fewest people; without one the smallest shown in its row or column, or anywhere; then all.
        if let Some((_, other_row, other_column)) = rectangle(sizes, &withheld, (row, column)) {
            for (r, c) in [(row, other_column), (other_row, column), (other_row, other_column)] {
                withheld.get_mut(r).and_then(|row| row.get_mut(c)).into_iter().for_each(|slot| *slot = true);
            }
            continue;
        }
        let shown = |near: bool| {
            let cells = sizes
                .iter()
                .enumerate()
                .flat_map(|(r, sizes)| sizes.iter().enumerate().map(move |(c, size)| (r, c, *size)));
            cells
                .filter(|(r, c, size)| {
                    *size > 0
                        && !withheld.get(*r).and_then(|row| row.get(*c)).copied().unwrap_or(true)
                        && (!near || *r == row || *c == column)
                })
                .min_by_key(|(_, _, size)| *size)
        };
        match shown(true).or_else(|| shown(false)) {
            Some((r, c, _)) => {
                if let Some(slot) = withheld.get_mut(r).and_then(|row| row.get_mut(c)) {
                    *slot = true;
                }
            }
            None => return sizes.iter().map(|row| vec![true; row.len()]).collect(),
        }
    }
    withheld
}

/// The rectangle on a cell that withholds fewest people more and moves the cell's bounds far enough apart: how many people, and
/// its other row and column.
fn rectangle(
    sizes: &[Vec<u64>],
    withheld: &[Vec<bool>],
    (row, column): (usize, usize),
) -> Option<(u64, usize, usize)> {
    let hidden = |r: usize, c: usize| withheld.get(r).and_then(|row| row.get(c)).copied().unwrap_or(false);
    let cost = |r: usize, c: usize| if hidden(r, c) { 0 } else { at(sizes, r, c) };
    let columns = sizes.iter().map(Vec::len).max().unwrap_or(0);
    let others = (0..sizes.len()).flat_map(|r| (0..columns).map(move |c| (r, c)));
    others
        .filter(|(r, c)| *r != row && *c != column)
        .filter(|(r, c)| {
            let (beside, below, across) = (at(sizes, row, *c), at(sizes, *r, column), at(sizes, *r, *c));
            let span = beside.min(below) + at(sizes, row, column).min(across);
            beside > 0 && below > 0 && across > 0 && span >= SPAN
        })
        .map(|(r, c)| (cost(row, c) + cost(r, column) + cost(r, c), r, c))
        // What costs nothing is withheld already, and was not enough.
        .filter(|(cost, ..)| *cost > 0)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_small_group_takes_the_next_smallest_with_it_and_two_keep_each_other() {
        assert_eq!(row(&[480, 420, 7], 20), [false, true, true]);
        assert_eq!(row(&[480, 420, 7, 6], 20), [false, false, true, true]);
        // Two of three and four: together only seven, so the bounds are too near.
        assert_eq!(row(&[480, 420, 3, 4], 20), [false, true, true, true]);
        assert_eq!(row(&[480, 420, 0], 20), [false; 3]);
        assert_eq!(row(&[480, 7], 20), [true, true]);
    }

    #[test]
    fn a_small_cell_of_a_table_takes_a_rectangle_with_it() {
        let sizes = vec![vec![300, 170, 10], vec![250, 160, 60], vec![90, 80, 70]];
        let withheld = table(&sizes, 20);
        assert!(withheld[0][2]);
        assert_eq!(withheld.iter().flatten().filter(|hidden| **hidden).count(), 4, "{withheld:?}");
        let (low, high) = bounds(&sizes, &withheld, (0, 2));
        assert!(high - low >= SPAN && low <= 10 && 10 <= high);
    }

    #[test]
    fn the_bounds_of_a_rectangle_are_those_worked_out_by_hand() {
        // Withheld 5 8 / 9 4: the first can grow by min(8, 9) = 8 and shrink by 4 or 5 less, min(5, 4) = 4.
        let sizes = vec![vec![5, 8, 50], vec![9, 4, 60], vec![70, 80, 90]];
        let mut withheld = vec![vec![false; 3]; 3];
        for (r, c) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            withheld[r][c] = true;
        }
        assert_eq!(bounds(&sizes, &withheld, (0, 0)), (1, 13));
        withheld[1][1] = false;
        assert_eq!(bounds(&sizes, &withheld, (0, 0)), (5, 5));
    }

    /// Every value that a withheld cell can have, found by trying: of a table of up to two by three, all other cells follow.
    fn tried(table: &[Vec<u64>], withheld: &[Vec<bool>], cell: (usize, usize)) -> (u64, u64) {
        let hidden: Vec<(usize, usize)> = (0..table.len())
            .flat_map(|r| (0..table[r].len()).map(move |c| (r, c)))
            .filter(|(r, c)| withheld[*r][*c])
            .collect();
        let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<u64> = (0..table[0].len()).map(|c| table.iter().map(|row| row[c]).sum()).collect();
        let mut found: Option<(u64, u64)> = None;
        let mut guess = table.to_vec();
        fn fill(
            left: &[(usize, usize)],
            guess: &mut Vec<Vec<u64>>,
            rows: &[u64],
            columns: &[u64],
            cell: (usize, usize),
            found: &mut Option<(u64, u64)>,
        ) {
            let Some(((r, c), rest)) = left.split_first() else {
                let holds = guess.iter().zip(rows).all(|(row, sum)| row.iter().sum::<u64>() == *sum)
                    && columns
                        .iter()
                        .enumerate()
                        .all(|(c, sum)| guess.iter().map(|row| row[c]).sum::<u64>() == *sum);
                if holds {
                    let value = guess[cell.0][cell.1];
                    let (low, high) = found.unwrap_or((value, value));
                    *found = Some((low.min(value), high.max(value)));
                }
                return;
            };
            for value in 0..=rows[*r].min(columns[*c]) {
                guess[*r][*c] = value;
                fill(rest, guess, rows, columns, cell, found);
            }
        }
        fill(&hidden, &mut guess, &rows, &columns, cell, &mut found);
        found.unwrap()
    }

    proptest! {
        #[test]
        fn bounds_are_those_found_by_trying_everything(
            sizes in prop::collection::vec(prop::collection::vec(0_u64..5, 3), 2),
            hidden in prop::collection::vec(prop::collection::vec(any::<bool>(), 3), 2),
        ) {
            for r in 0..2 {
                for c in 0..3 {
                    if hidden[r][c] {
                        prop_assert_eq!(bounds(&sizes, &hidden, (r, c)), tried(&sizes, &hidden, (r, c)));
                    }
                }
            }
        }

        #[test]
        fn no_withheld_cell_follows_from_what_is_shown(
            sizes in prop::collection::vec(prop::collection::vec(0_u64..120, 4), 2..5),
        ) {
            let withheld = table(&sizes, 20);
            let whole = withheld.iter().flatten().all(|hidden| *hidden);
            for (r, row) in sizes.iter().enumerate() {
                for (c, size) in row.iter().enumerate() {
                    let small = (1..20).contains(size);
                    prop_assert!(!small || withheld[r][c]);
                    if withheld[r][c] && !whole {
                        let (low, high) = bounds(&sizes, &withheld, (r, c));
                        prop_assert!(high - low >= SPAN, "{:?} {:?}", sizes, withheld);
                    }
                }
            }
        }

        #[test]
        fn no_withheld_group_follows_from_the_total(sizes in prop::collection::vec(0_u64..120, 1..7)) {
            let withheld = row(&sizes, 20);
            let hidden: Vec<u64> =
                sizes.iter().zip(&withheld).filter(|(_, hidden)| **hidden).map(|(size, _)| *size).collect();
            let all = withheld.iter().all(|hidden| *hidden);
            prop_assert!(hidden.is_empty() || all || (hidden.len() > 1 && hidden.iter().sum::<u64>() >= SPAN));
        }
    }
}
