//! What people who work here do: launch, pause, edit and approve campaigns, and settle what is in doubt.

use super::{Act, Effect, Waits, act, words};
use crate::proof::defect::Defect;
use crate::proof::gate::Work;
use crate::proof::template::EDITION;
use crate::proof::world::World;
use flow::Reconciled;
use terms::customer::Language;
use terms::delivery::DeliveryState;

pub(super) fn campaign(world: &mut World<'_>) -> Option<Act> {
    let at = world.below(world.campaigns().len());
    let track = world.campaigns().get(at)?.clone();
    let id = track.ask.campaign;
    let app = world.app().clone();
    let (marketer, approver) = (world.template().marketer.clone(), world.template().approver.clone());
    let drawn = world.below(20);
    let lost = world.defect() == Some(Defect::LosesHalts);
    let (verb, effects, work): (_, Vec<Effect>, Work) = match drawn {
        0..8 => (
            "launched",
            vec![Effect::Runs(at, true)],
            Box::pin(async move { app.launch_campaign(&marketer, id).await.map_err(words) }),
        ),
        8..11 => (
            "paused",
            vec![Effect::Runs(at, false)],
            Box::pin(async move {
                if lost { Ok(()) } else { app.pause_campaign(&approver, id).await.map_err(words) }
            }),
        ),
        11..15 => (
            "resumed",
            vec![Effect::Runs(at, true)],
            Box::pin(async move { app.resume_campaign(&marketer, id).await.map_err(words) }),
        ),
        15 => (
            "stopped",
            vec![Effect::Runs(at, false)],
            Box::pin(async move { app.stop_campaign(&marketer, id).await.map_err(words) }),
        ),
        16 => {
            let edition = track.edition + 1;
            let (from, until) = (world.now(), world.now().plus_days(2));
            let effects = vec![Effect::Edited(at, edition, from, until)];
            (
                "edited",
                effects,
                Box::pin(async move {
                    let view = app.compose(id, Language::English).await.map_err(words)?;
                    let mut form = view.form;
                    form.send_days = 2;
                    form.variants.iter_mut().for_each(|variant| variant.link = format!("{EDITION}{edition}"));
                    app.save_campaign(&marketer, Some(id), view.version, &form)
                        .await
                        .map_err(words)
                        .map(|_| ())
                }),
            )
        }
        17..19 => (
            "submitted",
            Vec::new(),
            Box::pin(async move { app.submit_campaign(&marketer, id).await.map_err(words) }),
        ),
        _ => {
            let effects = vec![Effect::Approved(at, track.edition)];
            (
                "approved",
                effects,
                Box::pin(async move {
                    let hash = app.store().campaign_hash(id).await.map_err(words)?;
                    let hash = hash.map(|hash| hash.to_string()).unwrap_or_default();
                    app.approve_campaign(&approver, id, &hash, "").await.map_err(words)
                }),
            )
        }
    };
    let waits = if matches!(drawn, 8..11 | 15) { Waits::Of(id) } else { Waits::No };
    Some(Act { waits, ..act(format!("campaign {id} {verb}"), effects, work) })
}

/// Somebody settles a message in doubt, truthfully.
pub(super) async fn settle(world: &mut World<'_>) -> Option<Act> {
    let drawn = world.below(world.campaigns().len());
    let track = world.campaigns().get(drawn)?;
    let doubtful = Some(DeliveryState::InDoubt);
    let messages = world.app().store().messages_of_campaign(track.ask.campaign, doubtful, 1, 0).await.ok()?;
    let message = messages.first()?.id;
    // Nobody can know of a message that a worker is still holding.
    if world.in_channel() {
        return None;
    }
    let settled = if world.left(message) > 0 { Reconciled::Sent } else { Reconciled::NotSent };
    let (app, engineer) = (world.app().clone(), world.template().engineer.clone());
    let work: Work = Box::pin(async move { app.reconcile(&engineer, message, settled).await.map_err(words) });
    Some(act(format!("message {message} settled as {settled:?}"), Vec::new(), work))
}
