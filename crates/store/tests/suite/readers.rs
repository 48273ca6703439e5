//! Connections that are lent for reading: more readers than connections, reads that are broken off, and the end.

use crate::databases::{Fresh, on_each};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

#[test]
fn more_readers_than_connections_take_turns() {
    on_each(async |Fresh { store, .. }| {
        store.set_setting("a", "1").await.unwrap();
        let readers: Vec<_> = (0..40)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    for _ in 0..20 {
                        assert_eq!(store.setting("a").await.unwrap().as_deref(), Some("1"));
                    }
                })
            })
            .collect();
        for reader in readers {
            reader.await.unwrap();
        }
    });
}

#[test]
fn a_read_that_was_broken_off_leaves_a_connection_that_serves() {
    on_each(async |Fresh { store, .. }| {
        store.set_setting("a", "1").await.unwrap();
        for polls in 0..12 {
            {
                let mut read = pin!(store.setting("a"));
                for _ in 0..polls {
                    let ended = poll_fn(|context| Poll::Ready(read.as_mut().poll(context).is_ready())).await;
                    if ended {
                        break;
                    }
                }
            }
            assert_eq!(store.setting("a").await.unwrap().as_deref(), Some("1"), "after {polls} polls");
            assert_eq!(store.setting("b").await.unwrap(), None);
        }
    });
}

#[test]
fn a_read_sees_what_was_committed_before_it() {
    on_each(async |Fresh { store, .. }| {
        for at in 0..50 {
            let text = at.to_string();
            store.set_setting("a", &text).await.unwrap();
            assert_eq!(store.setting("a").await.unwrap(), Some(text));
        }
        store.close().await;
        assert!(store.setting("a").await.is_err(), "a store that is closed answers nobody");
    });
}
