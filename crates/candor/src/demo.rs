//! `candor demo`: the whole job on a simulated shop, then the pages.
//!
//! The shop's files go through the same import as anybody's. The demo's present lies some weeks after the campaigns
//! were launched, so that their effect can be measured; until then it runs on a clock set by hand. Everything else is
//! the product: the same stages, the same guard, the same outbox.

mod campaigns;
mod facts;
mod people;
mod summary;
mod vault;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Instant as Stopwatch;

use flow::clock::Clock;
use flow::{App, Opening};
use miette::{Context, IntoDiagnostic, Result};
use simulator::{Contact, Shop};
use terms::time::{Day, Instant};

use crate::cli::{DemoArgs, Global};
use crate::commands::serve::pages;
use crate::compose::{HOME, WorkerName};
use crate::demo::campaigns::Launched;
use crate::progress::Spinner;
use crate::say;

/// Share of all customers who hear no marketing, in percent.
const HOLDOUT_PERCENT: f64 = 5.0;
/// Months of purchases the shop brings.
const MONTHS: u32 = 18;
/// Days between the launch of the campaigns and the demo's present.
const DAYS_SINCE_LAUNCH: u32 = 30;
/// Hour (UTC) at which the campaigns are launched.
const LAUNCH_HOUR: i64 = 9;
/// Setting that marks a finished demo and keeps its summary.
const DONE: &str = "demo_summary";
/// Setting that says which shop was simulated.
const SHOP: &str = "demo_shop";

pub(crate) async fn run(global: &Global, args: &DemoArgs) -> Result<()> {
    let home = global.home.clone().unwrap_or_else(|| PathBuf::from(HOME).join("demo"));
    if args.fresh {
        forget(&home)?;
    }
    let today = args.today.unwrap_or_else(|| Clock::System.now().day());
    let finished = finished(global, args, &home).await?;

    let summary = match finished {
        Some(summary) => summary,
        None => {
            clear_unfinished(global, &home)?;
            perform(global, args, &home, today).await.wrap_err("the demo could not do its whole job")?
        }
    };
    if global.json {
        say::line(&summary);
    }
    if args.headless {
        if !global.json {
            summary::show(&summary)?;
        }
        return Ok(());
    }
    let app = open(global, &home, clock(args, today)).await?;
    if !global.json {
        summary::show(&summary)?;
    }
    follow(&app, args.listen.listen).await?;
    people::show(&app, args.listen.listen).await?;
    pages(app, args.listen.listen).await
}

/// Where a browser on this machine finds the pages.
fn base_url(listen: SocketAddr) -> String {
    let host = if listen.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { listen.ip() };
    format!("http://{}", SocketAddr::new(host, listen.port()))
}

/// A demo that is opened again may listen elsewhere: the links of messages from now on lead there.
async fn follow(app: &App, listen: SocketAddr) -> Result<()> {
    let mut brand = app.brand().await.into_diagnostic()?;
    let base_url = base_url(listen);
    if brand.base_url != base_url {
        brand.base_url = base_url;
        app.set_brand(&brand).await.into_diagnostic()?;
    }
    Ok(())
}

/// The pages' clock: the system's, or the day that was asked for.
fn clock(args: &DemoArgs, today: Day) -> Clock {
    match args.today {
        Some(_) => Clock::at(today.start().plus_hours(12)),
        None => Clock::System,
    }
}

async fn open(global: &Global, home: &Path, clock: Clock) -> Result<App> {
    App::open(Opening { home, database_url: global.database_url.as_deref(), smtp_url: None, clock })
        .await
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot open the demo in `{}`; try --fresh", home.display()))
}

/// The summary of an earlier demo in this home, if it came to its end.
async fn finished(global: &Global, args: &DemoArgs, home: &Path) -> Result<Option<String>> {
    if !home.join("lake").exists() {
        return Ok(None);
    }
    let app = open(global, home, Clock::System).await?;
    let summary = app.store().setting(DONE).await.into_diagnostic()?;
    let shop = app.store().setting(SHOP).await.into_diagnostic()?;
    if summary.is_some() && shop.as_ref().is_some_and(|shop| *shop != shop_of(args)) {
        tracing::warn!(
            "this home holds a demo of {}, which is shown; --fresh makes the one of {}",
            shop.unwrap_or_default(),
            shop_of(args)
        );
    }
    app.store().close().await;
    Ok(summary)
}

/// Deletes what the demo wrote, and nothing else: a folder that does not look like a demo is left alone.
fn forget(home: &Path) -> Result<()> {
    if !home.exists() {
        return Ok(());
    }
    if in_use(home) {
        return Err(miette::miette!("a Candor is running in `{}`; stop it first", home.display()));
    }
    let ours = home.join("demo").exists() || home.join("lake").exists();
    let empty = std::fs::read_dir(home).into_diagnostic()?.next().is_none();
    if !ours && !empty {
        return Err(miette::miette!(
            "`{}` holds something else than a demo; choose another --home",
            home.display()
        ));
    }
    std::fs::remove_dir_all(home)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot delete `{}`", home.display()))
}

/// Which shop the arguments ask for.
fn shop_of(args: &DemoArgs) -> String {
    format!("{} customers by seed {}", args.customers, args.seed)
}

/// True when a living process works in this home.
fn in_use(home: &Path) -> bool {
    (1..=64).map(|number| home.join(format!("worker-{number}.lock"))).any(|path| {
        std::fs::File::open(&path)
            .is_ok_and(|file| matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
    })
}

/// A demo that was interrupted starts over; data that are not a demo's are not touched.
fn clear_unfinished(global: &Global, home: &Path) -> Result<()> {
    if !home.join("lake").exists() {
        return Ok(());
    }
    if !home.join("demo").exists() {
        return Err(miette::miette!(
            "`{}` holds an installation that is not a demo; choose another --home",
            home.display()
        ));
    }
    if global.database_url.is_some() {
        return Err(miette::miette!(
            "the database holds a demo that was interrupted; name an empty database"
        ));
    }
    forget(home)
}

async fn perform(global: &Global, args: &DemoArgs, home: &Path, today: Day) -> Result<String> {
    let watch = Stopwatch::now();
    let launch_day = today.plus(-DAYS_SINCE_LAUNCH.cast_signed());
    let launch = launch_day.start().plus_hours(LAUNCH_HOUR);
    // The shop's files end the evening before the launch.
    let shop = {
        let _spinner =
            Spinner::start(format!("simulating a shop of {} customers", say::count(args.customers.into())));
        Shop::open_for(args.seed, args.customers, MONTHS, launch_day.plus(-1), DAYS_SINCE_LAUNCH)
    };
    let files_folder = home.join("demo");
    std::fs::create_dir_all(&files_folder).into_diagnostic().wrap_err("cannot make the demo's folder")?;
    let files = shop.write_files(&files_folder).into_diagnostic()?;
    let clock = Clock::at(launch);
    let app = open(global, home, clock.clone()).await?;
    let worker = WorkerName::take(&app)?;
    let staff = people::add(&app).await?;
    facts::add(&app, &staff, launch, &base_url(args.listen.listen)).await?;
    import(&app, &files).await?;
    {
        let _spinner = Spinner::start("making profiles, fitting the stage models");
        app.work_until_idle(&worker.name).await.into_diagnostic()?;
    }
    people::promote(&app, &staff).await?;
    app.set_holdout(&staff.officer, HOLDOUT_PERCENT, 3).await.into_diagnostic()?;
    let launched = campaigns::launch(&app, &staff).await?;
    {
        let _spinner = Spinner::start("auditing for fairness");
        vault::fill(&app, &staff, &shop, &files_folder).await?;
        campaigns::one_sided(&app, &staff).await?;
    }
    {
        let _spinner = Spinner::start("checking and sending");
        run_until(&app, &worker.name, launch.plus_days(2)).await?;
    }
    let now = today.start().plus_hours(12);
    let contacts = campaigns::contacts(&app, &launched).await?;
    answer(&app, &shop, &launched, &contacts, &files_folder, now).await?;
    {
        let _spinner = Spinner::start("measuring, learning");
        run_until(&app, &worker.name, now).await?;
    }
    let summary = summary::make(&app, &shop, &launched, &contacts, watch).await?;
    app.store().set_setting(SHOP, &shop_of(args)).await.into_diagnostic()?;
    app.store().set_setting(DONE, &summary).await.into_diagnostic()?;
    app.store().close().await;
    Ok(summary)
}

async fn import(app: &App, files: &simulator::Files) -> Result<()> {
    use crate::progress::import_bar;
    use lake::import::Options;
    app.import_customers(&files.customers, Options::default(), import_bar("customers"))
        .await
        .into_diagnostic()?;
    app.import_consents(&files.consents, Options::default(), import_bar("consents"))
        .await
        .into_diagnostic()?;
    app.import_purchases(&files.purchases, Options::default(), import_bar("purchases"))
        .await
        .into_diagnostic()?;
    Ok(())
}

/// Works off the jobs, moving the clock to the next one that is due, until `end`.
async fn run_until(app: &App, worker: &str, end: Instant) -> Result<()> {
    loop {
        app.work_until_idle(worker).await.into_diagnostic()?;
        let jobs = app.store().jobs(1_000).await.into_diagnostic()?;
        let waiting = jobs.iter().filter(|job| job.state == store::jobs::JobState::Queued);
        match waiting.map(|job| job.run_at).min().filter(|at| *at <= end) {
            Some(next) => app.clock().set(next.max(app.now())),
            None => {
                app.clock().set(end);
                return Ok(());
            }
        }
    }
}

/// The weeks after the launch: purchases and newcomers come in as files, responses as a channel would report them.
async fn answer(
    app: &App,
    shop: &Shop,
    launched: &[Launched],
    contacts: &[Contact],
    folder: &Path,
    now: Instant,
) -> Result<()> {
    let _spinner = Spinner::start("the weeks after: customers answer");
    let answers = shop.answers(contacts, now);
    let file = folder.join("purchases-after.csv.gz");
    simulator::write_purchases(&file, &answers.purchases).into_diagnostic()?;
    let campaign_of =
        |goal| launched.iter().find(|campaign| campaign.goal == goal).map(|campaign| campaign.id);
    let heard: Vec<flow::ResponseIn> = answers
        .responses
        .into_iter()
        .filter_map(|response| {
            let campaign = campaign_of(response.goal)?;
            Some(flow::ResponseIn {
                customer: response.customer,
                campaign,
                kind: response.kind,
                at: response.at,
            })
        })
        .collect();
    app.ingest_responses(&heard).await.into_diagnostic()?;
    app.clock().set(now);
    let (customers, consents) = (folder.join("customers-after.csv"), folder.join("consents-after.csv"));
    let newcomers = || shop.newcomers(now.day()).filter(|customer| customer.record().known_since <= now);
    simulator::write_customers(&customers, newcomers()).into_diagnostic()?;
    simulator::write_consents(&consents, newcomers()).into_diagnostic()?;
    app.import_customers(&customers, lake::import::Options::default(), |_| {}).await.into_diagnostic()?;
    app.import_consents(&consents, lake::import::Options::default(), |_| {}).await.into_diagnostic()?;
    app.import_purchases(&file, lake::import::Options::default(), |_| {}).await.into_diagnostic()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::base_url;

    #[test]
    fn the_links_of_a_demo_lead_to_where_it_listens() {
        assert_eq!(base_url("127.0.0.1:7272".parse().unwrap()), "http://127.0.0.1:7272");
        assert_eq!(base_url("0.0.0.0:8080".parse().unwrap()), "http://127.0.0.1:8080");
        assert_eq!(base_url("[::1]:9090".parse().unwrap()), "http://[::1]:9090");
    }
}
