//! What has ended, place by place, and ending it.
//!
//! Files of rejected rows and of archives are as old as the file; copies of messages are as old as their message.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gateway::channel::outbox_file;
use store::retention::{Ends, Step};
use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use terms::processing::RetentionKind;
use terms::time::Instant;

use super::cut_off;
use crate::app::App;
use crate::error::{Error, Result};

/// How something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Rows(Ends),
    Lake,
    Copies,
    Folder(Folder),
    Customers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    Rejects,
    Exports,
}

/// Which places a kind ends in, in the order in which they are ended: a copy before the row that names it.
const fn places(kind: RetentionKind) -> &'static [(&'static str, How)] {
    match kind {
        RetentionKind::Purchases => {
            &[("lake.purchases", How::Lake), ("store.event_purchases", How::Rows(Ends::EventPurchases))]
        }
        RetentionKind::Events => &[("store.events", How::Rows(Ends::Events))],
        RetentionKind::MessageCopies => &[("outbox", How::Copies)],
        RetentionKind::Messages => &[
            ("outbox", How::Copies),
            ("store.deliveries", How::Rows(Ends::Messages)),
            ("store.service_mails", How::Rows(Ends::ServiceMails)),
            ("store.guard_verdicts", How::Rows(Ends::JudgingNotes)),
        ],
        RetentionKind::Responses => &[("store.responses", How::Rows(Ends::Responses))],
        RetentionKind::Rejects => &[("rejects", How::Folder(Folder::Rejects))],
        RetentionKind::InactiveCustomers => &[("store.customers", How::Customers)],
        RetentionKind::ConsentReceipts => &[("store.consents", How::Rows(Ends::Consents))],
        RetentionKind::Sessions => &[("store.sessions", How::Rows(Ends::Sessions))],
        RetentionKind::Exports => &[("exports", How::Folder(Folder::Exports))],
        RetentionKind::Jobs => &[("store.jobs", How::Rows(Ends::Jobs))],
        RetentionKind::RightsRequests => &[("store.rights_requests", How::Rows(Ends::RightsRequests))],
        RetentionKind::Links => {
            &[("store.sign_ups", How::Rows(Ends::SignUps)), ("store.customer_links", How::Rows(Ends::Links))]
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}

fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::Io { path, source }
}

/// Files that ended, and the age of the oldest of all.
type Files = (Vec<PathBuf>, Option<Instant>);

impl App {
    /// What has ended of a kind, by place, with nothing deleted.
    pub(super) async fn find_ended(&self, kind: RetentionKind, days: i64, at: Instant) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for (place, how) in places(kind) {
            let (found, oldest) = self.count(*how, cut_off(at, days), at).await?;
            steps.push(Step { kind, place: (*place).to_owned(), days, found, oldest, deleted: None });
        }
        Ok(steps)
    }

    /// Ends what a step found. What was found and is gone after a fresh look counts as deleted, so a step that was cut
    /// off between deleting and saying so says the same when it is done again.
    pub(super) async fn end(&self, step: &Step, at: Instant) -> Result<u64> {
        let cut = cut_off(at, step.days);
        if let Some((place, how)) = places(step.kind).iter().find(|(place, _)| *place == step.place) {
            match how {
                How::Rows(table) => {
                    self.store().end_rows(*table, cut, at).await?;
                }
                How::Lake => {
                    let (lake, cut, except) =
                        (self.lake().clone(), self.purchases_cut(cut, at).await?, self.excepted().await?);
                    blocking(move || Ok(lake.expire(cut, &except)?)).await?;
                }
                How::Copies | How::Folder(_) => {
                    let (files, _) = match how {
                        How::Folder(folder) => self.old_files(*folder, cut).await?,
                        _ => self.old_copies(cut, at).await?,
                    };
                    blocking(move || {
                        for path in files {
                            match std::fs::remove_file(&path) {
                                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                                    return Err(io(&path)(error));
                                }
                                _ => {}
                            }
                        }
                        Ok(())
                    })
                    .await?;
                }
                How::Customers => {
                    let quiet = self.quiet_customers(cut, at).await?;
                    self.erase_customers(&quiet, ErasureCause::Retention).await?;
                }
            }
            let (left, _) = self.count(*how, cut, at).await?;
            if left > step.found {
                tracing::warn!(place, left, "more has ended since the run began; the next one takes it");
            }
            return Ok(step.found.saturating_sub(left));
        }
        Ok(0)
    }

    async fn count(&self, how: How, cut: Instant, at: Instant) -> Result<(u64, Option<Instant>)> {
        match how {
            How::Rows(table) => Ok(self.store().ended(table, cut, at).await?),
            How::Lake => {
                let (lake, cut, except) =
                    (self.lake().clone(), self.purchases_cut(cut, at).await?, self.excepted().await?);
                blocking(move || Ok(lake.expired(cut, &except)?)).await
            }
            How::Copies => {
                let (files, oldest) = self.old_copies(cut, at).await?;
                Ok((files.len() as u64, oldest))
            }
            How::Folder(folder) => {
                let (files, oldest) = self.old_files(folder, cut).await?;
                Ok((files.len() as u64, oldest))
            }
            How::Customers => {
                let quiet = self.quiet_customers(cut, at).await?;
                Ok((quiet.len() as u64, self.store().oldest_customer().await?))
            }
        }
    }

    /// A campaign that is under way or still being measured looks at purchases from a window before its start on.
    async fn purchases_cut(&self, cut: Instant, now: Instant) -> Result<Instant> {
        let needed = self.store().purchases_needed_from(now).await?;
        Ok(needed.map_or(cut, |needed| cut.min(needed)))
    }

    async fn excepted(&self) -> Result<Vec<CustomerKey>> {
        Ok(self.store().customers_with_open_requests().await?)
    }

    async fn quiet_customers(&self, cut: Instant, now: Instant) -> Result<Vec<CustomerKey>> {
        let quiet = self.store().quiet_customers(cut, now).await?;
        let lake = self.lake().clone();
        let bought: BTreeSet<CustomerKey> = blocking(move || Ok(lake.customers_since(cut)?)).await?;
        Ok(quiet.into_iter().filter(|key| !bought.contains(key)).collect())
    }

    async fn old_copies(&self, cut: Instant, now: Instant) -> Result<Files> {
        let messages = self.store().messages_ended(cut, now).await?;
        let service = self.store().service_mails_ended(cut).await?;
        let folder = self.home().outbox();
        let named = messages
            .into_iter()
            .map(|(campaign, message, at)| (outbox_file::file_name(campaign, message), at))
            .chain(service.into_iter().map(|(id, at)| (outbox_file::service_file_name(id), at)));
        let named: Vec<(PathBuf, Instant)> = named.map(|(name, at)| (folder.join(name), at)).collect();
        blocking(move || {
            let there: Vec<(PathBuf, Instant)> =
                named.into_iter().filter(|(path, _)| path.exists()).collect();
            let oldest = there.iter().map(|(_, at)| *at).min();
            Ok((there.into_iter().map(|(path, _)| path).collect(), oldest))
        })
        .await
    }

    /// Files of a folder that were last written before the cut-off. While any request is open rejected rows stay: whose
    /// they are cannot be told for sure. Archives of somebody with an open request stay too.
    async fn old_files(&self, folder: Folder, cut: Instant) -> Result<Files> {
        let open = self.excepted().await?;
        let path = match folder {
            Folder::Rejects => self.home().rejects(),
            Folder::Exports => self.home().exports(),
        };
        let keep_all = folder == Folder::Rejects && !open.is_empty();
        let mut kept = Vec::new();
        for key in &open {
            kept.push(self.export_path(key, "")?);
        }
        let kept: Vec<String> = kept
            .iter()
            .filter_map(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()))
            .collect();
        blocking(move || {
            let (mut files, mut oldest) = (Vec::new(), None::<Instant>);
            for entry in std::fs::read_dir(&path).map_err(io(&path))? {
                let file = entry.map_err(io(&path))?.path();
                let data = std::fs::metadata(&file).map_err(io(&file))?;
                let written = data.modified().map_err(io(&file))?;
                let since = written.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_micros();
                let at = Instant(i64::try_from(since).unwrap_or(i64::MAX));
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !data.is_file() {
                    continue;
                }
                oldest = Some(oldest.map_or(at, |known| known.min(at)));
                if at < cut && !keep_all && !kept.iter().any(|prefix| name.starts_with(prefix.as_str())) {
                    files.push(file);
                }
            }
            files.sort();
            Ok((files, oldest))
        })
        .await
    }
}
