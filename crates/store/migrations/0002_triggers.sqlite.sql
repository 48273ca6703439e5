-- What the constraints of the consent tables cannot say, for SQLite.

CREATE TRIGGER notices_unchanged BEFORE UPDATE ON notices
BEGIN SELECT RAISE(ABORT, 'candor: a notice is never changed'); END;

CREATE TRIGGER notices_kept BEFORE DELETE ON notices
BEGIN SELECT RAISE(ABORT, 'candor: a notice is never deleted'); END;

CREATE TRIGGER sign_ups_once BEFORE UPDATE ON sign_ups
WHEN OLD.confirmed_at IS NOT NULL OR OLD.token_hash <> NEW.token_hash OR OLD.email <> NEW.email OR OLD.purposes <> NEW.purposes OR OLD.asked_at <> NEW.asked_at OR OLD.expires_at <> NEW.expires_at
BEGIN SELECT RAISE(ABORT, 'candor: a sign-up is confirmed once, and not changed'); END;

CREATE TRIGGER service_mails_once BEFORE UPDATE ON service_mails
WHEN OLD.state <> NEW.state AND OLD.state <> 'attempting'
BEGIN SELECT RAISE(ABORT, 'candor: a service mail ends once'); END;
