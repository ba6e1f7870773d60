//! The byte budget: requests beyond it wait or are rejected, and never deadlock.

use std::time::Duration;

use agent_platform::memory::{ByteBudget, MemoryError};
use tokio::time::timeout;

const MB: u64 = 1 << 20;

#[tokio::test]
async fn rejects_requests_above_the_whole_budget() {
    let budget = ByteBudget::new(10 * MB);
    let error = budget.account().acquire(10 * MB + 1).await.unwrap_err();
    assert!(matches!(error, MemoryError::TooLarge { needed, budget } if needed > budget), "{error:?}");
    assert_eq!(error.to_string(), "it takes 11 MB of memory, and everything together may take 11 MB");
    assert_eq!((budget.waits(), budget.available()), (0, 10 * MB));
    drop(budget.account().acquire(10 * MB).await.unwrap());
    assert_eq!(budget.available(), budget.total());
}

#[tokio::test]
async fn waits_for_released_memory_and_counts_it() {
    let budget = ByteBudget::new(10 * MB);
    let held = budget.account().acquire(8 * MB).await.unwrap();
    let account = budget.account();
    let waiting = tokio::spawn(async move { account.acquire(4 * MB).await.map(drop) });
    while budget.waits() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    drop(held);
    waiting.await.unwrap().unwrap();
    assert_eq!((budget.waits(), budget.available()), (1, 10 * MB));
}

#[tokio::test]
async fn call_that_holds_memory_does_not_wait() {
    let budget = ByteBudget::new(10 * MB);
    let (one, other) = (budget.account(), budget.account());
    let _held = (one.acquire(5 * MB).await.unwrap(), other.acquire(5 * MB).await.unwrap());
    for account in [&one, &other] {
        let rejected = timeout(Duration::from_secs(5), account.acquire(MB)).await.expect("the request waited");
        assert_eq!(rejected.unwrap_err(), MemoryError::Busy { needed: MB });
    }
    assert_eq!(budget.waits(), 0);
}

/// Each call requests two permits that do not fit together. The first request succeeds, and the second fails.
#[tokio::test]
async fn calls_with_two_requests_do_not_deadlock() {
    let budget = ByteBudget::new(10 * MB);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let account = budget.account();
        calls.spawn(async move {
            let both = async { (account.acquire(6 * MB).await, account.acquire(6 * MB).await) };
            let (first, second) = both.await;
            tokio::time::sleep(Duration::from_millis(2)).await;
            (first.is_ok(), second.is_ok())
        });
    }
    let ended = timeout(Duration::from_secs(20), calls.join_all()).await.expect("a deadlock");
    assert!(ended.iter().all(|ended| *ended == (true, false)), "{ended:?}");
    assert_eq!(budget.available(), budget.total());
}

/// Two parameters of one call request memory concurrently. Neither waits while the other holds a permit.
#[tokio::test]
async fn concurrent_requests_of_one_call_do_not_deadlock() {
    let budget = ByteBudget::new(10 * MB);
    let blocker = budget.account().acquire(10 * MB).await.unwrap();
    let account = budget.account();
    let both = tokio::spawn(async move {
        let (first, second) = tokio::join!(account.acquire(6 * MB), account.acquire(6 * MB));
        (first.is_ok(), second.is_ok())
    });
    while budget.waits() == 0 {
        tokio::task::yield_now().await;
    }
    drop(blocker);
    let ended = timeout(Duration::from_secs(20), both).await.expect("a deadlock").unwrap();
    assert_eq!(ended, (true, false));
}

#[tokio::test]
async fn permits_grow_without_waiting_and_shrink() {
    let budget = ByteBudget::new(10 * MB);
    let mut permit = budget.account().acquire(MB).await.unwrap();
    permit.try_grow(9 * MB).unwrap();
    assert_eq!(budget.available(), MB);
    permit.shrink(2 * MB);
    assert_eq!(budget.available(), 8 * MB);
    let _other = budget.account().try_acquire(7 * MB).unwrap();
    assert_eq!(permit.try_grow(4 * MB).unwrap_err(), MemoryError::Busy { needed: 4 * MB });
    assert!(matches!(permit.try_grow(11 * MB), Err(MemoryError::TooLarge { .. })));
    assert_eq!(budget.available(), MB, "a permit that does not grow keeps what it has");
}

#[test]
fn default_budget_fits_this_machine() {
    let budget = ByteBudget::default();
    assert!(budget.total() >= MB);
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    if let Some(line) = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")) {
        let machine: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(budget.total() <= machine * 1024 / 2, "{budget:?}");
    }
}
