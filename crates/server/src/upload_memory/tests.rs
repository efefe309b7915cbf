//! What the memory of uploads promises, case by case and with uploads at random.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use masthead_testdata::Random;
use tokio::task::{LocalSet, yield_now};

use super::*;

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(10);

/// An address for each number.
fn address(number: u8) -> Option<IpAddr> {
    Some(IpAddr::from([192, 0, 2, number]))
}

async fn holding(memory: &UploadMemory, who: u8, bytes: u64) -> Holding {
    let mut holding = memory.enter(address(who));
    assert!(holding.grow(bytes, SHORT).await, "{bytes} bytes for {who} of {memory:?}");
    holding
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_comes_back() {
    let memory = UploadMemory::new(100, 10);
    let mut first = holding(&memory, 1, 7).await;
    assert!(first.grow(3, SHORT).await);
    assert!(!first.grow(1, SHORT).await, "more than the largest");
    assert_eq!((first.held(), memory.in_use()), (10, 10));
    drop(first);
    assert_eq!(memory.in_use(), 0);
    assert!(memory.shared.lock().accounts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn nobody_has_more_than_a_share() {
    let memory = UploadMemory::new(100, 10);
    let stalled = [holding(&memory, 1, 10).await, holding(&memory, 1, 10).await];
    let mut third = memory.enter(address(1));
    assert!(third.grow(5, SHORT).await, "25 in all");
    assert!(!third.grow(1, SHORT).await);
    assert!(stalled.iter().all(|one| !one.is_wanted()), "nobody waits any more");
    let mut user = memory.enter(address(2));
    user.belongs_to(UserId(1));
    assert!(user.grow(10, SHORT).await);
    let elsewhere: Vec<_> = [3, 4]
        .into_iter()
        .map(|who| {
            let mut elsewhere = memory.enter(address(who));
            elsewhere.belongs_to(UserId(1));
            elsewhere
        })
        .collect();
    let mut held = 10;
    for mut one in elsewhere {
        held += if one.grow(10, SHORT).await { 10 } else { 0 };
        std::mem::forget(one);
    }
    assert_eq!(held, 20, "a user has no more from three addresses");
    drop(stalled);
    assert!(third.grow(1, SHORT).await);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_its_own_share_is_in_nobody_elses_way() {
    let memory = UploadMemory::new(100, 10);
    let _stalled = [holding(&memory, 1, 10).await, holding(&memory, 1, 10).await, holding(&memory, 1, 5).await];
    let mut line: Vec<_> = (0..50).map(|_| memory.enter(address(1))).collect();
    let all = futures_util::future::join_all(line.iter_mut().map(|one| one.grow(10, LONG)));
    let other = async {
        yield_now().await;
        let mut other = memory.enter(address(2));
        other.grow(10, Duration::ZERO).await
    };
    let (waited, served) = tokio::join!(all, other);
    assert!(served, "at once");
    assert!(waited.iter().all(|served| !served));
}

/// Two that each have most of what they need, and all of the memory between them.
#[tokio::test(start_paused = true)]
async fn uploads_do_not_wait_for_each_other_for_ever() {
    let memory = UploadMemory::new(40, 10);
    let mut all = Vec::new();
    for who in 1..=6 {
        let mut one = memory.enter(address(who));
        if one.grow(6, SHORT).await {
            all.push(one);
        }
    }
    assert_eq!(all.len(), 6, "thirty in common, and one in the reserve");
    let (ends, end) = tokio::sync::mpsc::unbounded_channel();
    let finish = |mut one: Holding| {
        let ends = ends.clone();
        async move {
            assert!(one.grow(4, LONG).await);
            ends.send(one.held()).unwrap();
        }
    };
    futures_util::future::join_all(all.into_iter().map(finish)).await;
    assert_eq!((end.len(), memory.in_use()), (6, 0));
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_served_in_turn_and_who_leaves_is_passed_over() {
    let memory = UploadMemory::new(40, 10);
    let local = LocalSet::new();
    let order = Rc::new(RefCell::new(Vec::new()));
    let mut stalled: Vec<_> = futures_util::future::join_all((1..=4).map(|who| holding(&memory, who, 10))).await;
    for number in 0..12_u8 {
        let (memory, order) = (memory.clone(), Rc::clone(&order));
        local.spawn_local(async move {
            let mut one = memory.enter(address(10 + number));
            let patience = if number % 3 == 0 { SHORT } else { LONG };
            if one.grow(if number % 2 == 0 { 10 } else { 1 }, patience).await {
                order.borrow_mut().push(number);
                yield_now().await;
            }
        });
    }
    local.run_until(tokio::time::sleep(SHORT * 2)).await;
    assert!(stalled[0].is_wanted());
    stalled.pop();
    local.await;
    assert_eq!(*order.borrow(), [1, 2, 4, 5, 7, 8, 10, 11]);
    assert!(!stalled[0].is_wanted());
}

/// Uploads of all sizes, of few users at few addresses, that pause, give up and end at random: never is there more than the total or
/// a share, and each that goes on gets all it needs.
#[tokio::test(start_paused = true)]
async fn whatever_comes_is_bounded_and_served() {
    for (seed, total, largest) in [(1, 100, 100), (2, 128, 100), (3, 500, 100), (4, 1000, 100), (5, 1000, 10)] {
        let memory = UploadMemory::new(total, largest);
        let share = (total / 4).max(largest);
        let mut random = Random::new(seed);
        let held: Rc<RefCell<HashMap<Party, u64>>> = Rc::default();
        let served = Rc::new(RefCell::new(0));
        let local = LocalSet::new();
        const UPLOADS: u32 = 400;
        for _ in 0..UPLOADS {
            let (memory, held, served) = (memory.clone(), Rc::clone(&held), Rc::clone(&served));
            let mut random = Random::new(random.next().unwrap());
            local.spawn_local(async move {
                let mut next = move |below: u64| u64::from(random.next().unwrap() as u32) % below;
                for _ in 0..next(40) {
                    yield_now().await;
                }
                let mut one = memory.enter(address(next(5) as u8).filter(|_| next(10) > 0));
                if next(2) == 0 {
                    one.belongs_to(UserId(next(4) as i64));
                }
                let parties = one.shared.lock().uploads[&one.id].parties.clone();
                let needed = 1 + next(largest);
                let gives_up = next(4) == 0;
                let mut mine = 0;
                while mine < needed {
                    let more = (1 + next(largest / 4 + 1)).min(needed - mine);
                    if gives_up && next(5) == 0 {
                        break;
                    }
                    let patience = if gives_up { SHORT } else { LONG };
                    if !one.grow(more, patience).await {
                        assert!(gives_up, "{mine} of {needed} in {memory:?}");
                        break;
                    }
                    mine += more;
                    assert_eq!(one.held(), mine);
                    for party in &parties {
                        let sum = *held.borrow_mut().entry(*party).and_modify(|sum| *sum += more).or_insert(more);
                        assert!(sum <= if *party == Party::Everybody { total } else { share }, "{party:?}: {sum}");
                    }
                    for _ in 0..next(4) {
                        yield_now().await;
                    }
                }
                parties.iter().for_each(|party| *held.borrow_mut().get_mut(party).unwrap_or(&mut 0) -= mine);
                drop(one);
                *served.borrow_mut() += 1;
            });
        }
        local.await;
        assert_eq!((*served.borrow(), memory.in_use()), (UPLOADS, 0));
        assert!(memory.shared.lock().accounts.is_empty() && memory.shared.lock().line.is_empty());
    }
}
