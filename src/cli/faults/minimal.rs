//! The least part of a list with which something still fails, by delta debugging (Zeller's ddmin): halves, then their
//! complements, then finer parts, until no item can be left out.

/// Returns the least part of `items` that is still failing as `fails` judges, which must hold for `items` as a whole.
/// The order stays.
///
/// # Errors
/// Those of `fails`.
pub(super) fn least<T: Clone, E>(
    mut items: Vec<T>,
    mut fails: impl FnMut(&[T]) -> Result<bool, E>,
) -> Result<Vec<T>, E> {
    let mut parts = 2;
    while items.len() > 1 {
        let size = items.len().div_ceil(parts);
        let chunks: Vec<Vec<T>> = items.chunks(size).map(<[T]>::to_vec).collect();
        let mut smaller = None;
        for chunk in &chunks {
            if chunk.len() < items.len() && fails(chunk)? {
                smaller = Some((chunk.clone(), 2));
                break;
            }
        }
        // With two parts, each is the other's complement.
        if smaller.is_none() && chunks.len() > 2 {
            for left_out in 0..chunks.len() {
                let rest: Vec<T> = chunks
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != left_out)
                    .flat_map(|(_, chunk)| chunk.iter().cloned())
                    .collect();
                if fails(&rest)? {
                    smaller = Some((rest, (parts - 1).max(2)));
                    break;
                }
            }
        }
        match smaller {
            Some((rest, next)) => {
                items = rest;
                parts = next;
            }
            None if parts >= items.len() => break,
            None => parts = (parts * 2).min(items.len()),
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    /// The least part of 1 to `count` that holds all of `needed`, and in how many tries it is found.
    fn found(count: u32, needed: &[u32]) -> (Vec<u32>, usize) {
        let mut tries = 0;
        let least = least((1..=count).collect(), |items| {
            tries += 1;
            Ok::<_, Infallible>(needed.iter().all(|it| items.contains(it)))
        });
        (least.unwrap(), tries)
    }

    #[test]
    fn nothing_but_what_is_needed_is_left() {
        for needed in [
            &[1][..],
            &[20],
            &[7],
            &[1, 20],
            &[3, 4, 17],
            &[2, 9, 10, 19],
        ] {
            let (least, tries) = found(20, needed);
            assert_eq!(least, needed);
            assert!(tries < 100, "{needed:?}: {tries} tries");
        }
        let all: Vec<u32> = (1..=5).collect();
        assert_eq!(found(5, &all).0, all);
        assert_eq!(found(1, &[1]), (vec![1], 0));
    }

    #[test]
    fn one_of_many_takes_few_tries() {
        let (_, tries) = found(64, &[50]);
        assert!(tries <= 12, "{tries}");
    }
}
