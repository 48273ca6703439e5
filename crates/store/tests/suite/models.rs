//! The registry: what the schema itself refuses, whoever asks.

use crate::databases::{at, on_each, people};
use store::Store;
use terms::gate::GateRecord;
use terms::ids::{ModelId, PersonId};
use terms::model::{ModelAlias, ModelCard, ModelKind, ModelMove, ModelSlot, ModelState, ModelVersion};

async fn candidate(store: &Store, responsible: PersonId) -> ModelVersion {
    let (id, version) = store.next_model("stage").await.unwrap();
    let new = ModelVersion {
        id,
        kind: ModelKind::Stage,
        name: "stage".to_owned(),
        version,
        state: ModelState::Candidate,
        share: 0,
        content_hash: format!("ab{version}"),
        parameters: "{}".to_owned(),
        evaluation: "{}".to_owned(),
        card: ModelCard::default(),
        responsible,
        made_at: at(0),
        seal: "s".to_owned(),
    };
    store.add_model(&new).await.unwrap();
    new
}

async fn gate(store: &Store, model: &ModelVersion, passed: bool) -> i64 {
    let gate = GateRecord {
        id: store.next_gate().await.unwrap(),
        model: model.id,
        content_hash: model.content_hash.clone(),
        policy: 0,
        passed,
        report: "{}".to_owned(),
        at: at(1),
        seal: "s".to_owned(),
    };
    store.add_gate(&gate).await.unwrap();
    gate.id
}

async fn go(
    store: &Store,
    model: ModelId,
    to: ModelState,
    gate: Option<i64>,
    person: Option<PersonId>,
) -> bool {
    let version = store.model(model).await.unwrap();
    let step = ModelMove {
        id: store.next_move().await.unwrap(),
        model,
        name: version.name.clone(),
        content_hash: version.content_hash.clone(),
        from: version.state,
        to,
        share: 0,
        gate,
        person,
        reason: String::new(),
        at: at(2),
        seal: "s".to_owned(),
    };
    let alias = to.slot().zip(gate).map(|(slot, gate)| ModelAlias {
        name: version.name.clone(),
        slot,
        model,
        content_hash: version.content_hash.clone(),
        gate,
        moved: step.id,
        share: 0,
        seal: "s".to_owned(),
    });
    store.make_move(&step, alias.as_ref()).await.is_ok()
}

#[test]
fn a_version_acts_only_after_a_passed_gate_and_by_somebody_who_did_not_make_it() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (maker, other) = people(store).await;
        let first = candidate(store, maker).await;
        let second = candidate(store, maker).await;
        assert_eq!((first.label().as_str(), second.label().as_str()), ("stage@1", "stage@2"));
        let failed = gate(store, &first, false).await;
        assert!(
            !go(store, first.id, ModelState::Live, Some(failed), Some(other)).await,
            "a candidate never acts"
        );
        assert!(!go(store, first.id, ModelState::Validated, None, None).await, "it did not pass");
        let passed = gate(store, &first, true).await;
        assert!(go(store, first.id, ModelState::Validated, Some(passed), None).await);
        assert!(!go(store, first.id, ModelState::Live, Some(passed), None).await, "no person");
        assert!(!go(store, first.id, ModelState::Live, Some(passed), Some(maker)).await, "its maker");
        assert!(!go(store, first.id, ModelState::Live, None, Some(other)).await, "no gate");
        assert!(go(store, first.id, ModelState::Live, Some(passed), Some(other)).await);
        assert_eq!(store.acting_models("stage").await.unwrap(), [store.model(first.id).await.unwrap()]);

        let passed = gate(store, &second, true).await;
        assert!(go(store, second.id, ModelState::Validated, Some(passed), None).await);
        assert!(!go(store, second.id, ModelState::Live, Some(passed), Some(other)).await, "one acts already");
        assert!(go(store, first.id, ModelState::Retired, None, None).await);
        assert!(store.model_aliases().await.unwrap().is_empty());
        assert!(go(store, second.id, ModelState::Live, Some(passed), Some(other)).await);
        assert_eq!(store.model_aliases_of("stage").await.unwrap()[0].slot, ModelSlot::Live);
    });
}

#[test]
fn nothing_of_the_registry_is_edited_or_deleted() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (maker, other) = people(store).await;
        let first = candidate(store, maker).await;
        let passed = gate(store, &first, true).await;
        assert!(go(store, first.id, ModelState::Validated, Some(passed), None).await);
        assert!(go(store, first.id, ModelState::Live, Some(passed), Some(other)).await);
        let second = candidate(store, maker).await;
        for statement in [
            "UPDATE models SET state = 'live' WHERE id = 2".to_owned(),
            "UPDATE models SET state = 'validated' WHERE id = 2".to_owned(),
            "UPDATE models SET parameters = '{\"a\":1}' WHERE id = 1".to_owned(),
            "UPDATE models SET responsible = 2 WHERE id = 1".to_owned(),
            "DELETE FROM models WHERE id = 2".to_owned(),
            format!("UPDATE model_aliases SET model = {}", second.id),
            "DELETE FROM model_moves".to_owned(),
            "UPDATE model_moves SET person = 1".to_owned(),
            "UPDATE model_gates SET passed = 1".to_owned(),
            "INSERT INTO model_aliases (name, slot, model, content_hash, gate, moved, share, seal) \
             VALUES ('stage', 'canary', 2, 'ab2', 1, 2, 10, '')"
                .to_owned(),
            "INSERT INTO models (id, kind, name, version, state, share, content_hash, parameters, evaluation, card, \
             responsible, made_at, seal) VALUES (9, 'stage', 'stage', 9, 'live', 0, 'x', '{}', '{}', '{}', 1, 0, '')"
                .to_owned(),
        ] {
            assert!(fresh.tamper(&statement).await.is_err(), "{statement}");
        }
        assert_eq!(store.model(first.id).await.unwrap().state, ModelState::Live);
    });
}
