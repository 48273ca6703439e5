-- What the constraints of the consent tables cannot say, for PostgreSQL.

CREATE TRIGGER notices_unchanged BEFORE UPDATE ON notices FOR EACH ROW
EXECUTE FUNCTION candor_refuse('a notice is never changed');

CREATE TRIGGER notices_kept BEFORE DELETE ON notices FOR EACH ROW
EXECUTE FUNCTION candor_refuse('a notice is never deleted');

CREATE TRIGGER sign_ups_once BEFORE UPDATE ON sign_ups FOR EACH ROW
WHEN (OLD.confirmed_at IS NOT NULL OR OLD.token_hash <> NEW.token_hash OR OLD.email <> NEW.email OR OLD.purposes <> NEW.purposes OR OLD.asked_at <> NEW.asked_at OR OLD.expires_at <> NEW.expires_at)
EXECUTE FUNCTION candor_refuse('a sign-up is confirmed once, and not changed');

CREATE TRIGGER service_mails_once BEFORE UPDATE ON service_mails FOR EACH ROW
WHEN (OLD.state <> NEW.state AND OLD.state <> 'attempting')
EXECUTE FUNCTION candor_refuse('a service mail ends once');
