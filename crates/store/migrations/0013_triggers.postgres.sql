-- Training is written once, and without it nobody approves, for PostgreSQL. The twin for SQLite has the same rules.

CREATE TRIGGER training_reads_kept BEFORE DELETE ON training_reads FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE TRIGGER training_reads_once BEFORE UPDATE ON training_reads FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE TRIGGER training_tests_kept BEFORE DELETE ON training_tests FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE TRIGGER training_tests_once BEFORE UPDATE ON training_tests FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE TRIGGER training_results_kept BEFORE DELETE ON training_results FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE TRIGGER training_results_once BEFORE UPDATE ON training_results FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE TRIGGER certificates_kept BEFORE DELETE ON certificates FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE TRIGGER certificates_once BEFORE UPDATE ON certificates FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what people learned and earned is kept');

CREATE FUNCTION training_results_in_time_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM training_tests t WHERE t.id = NEW.test AND t.begun_at <= NEW.at AND NEW.at < t.ends_at) THEN
        RAISE EXCEPTION 'candor: a test is handed in while it is open';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER training_results_in_time BEFORE INSERT ON training_results
FOR EACH ROW EXECUTE FUNCTION training_results_in_time_rule();

CREATE FUNCTION certificates_earned_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM training_results r JOIN training_tests t ON t.id = r.test WHERE r.test = NEW.test AND r.passed = 1 AND t.person = NEW.person AND r.at = NEW.issued_at) THEN
        RAISE EXCEPTION 'candor: a certificate is earned by a test that was passed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER certificates_earned BEFORE INSERT ON certificates
FOR EACH ROW EXECUTE FUNCTION certificates_earned_rule();

CREATE FUNCTION approvals_certified_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.verdict = 'approved' AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.approver AND c.issued_at <= NEW.at AND NEW.at < c.valid_until) THEN
        RAISE EXCEPTION 'candor: an approval needs a valid certificate of the approver';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approvals_certified BEFORE INSERT ON approvals
FOR EACH ROW EXECUTE FUNCTION approvals_certified_rule();

CREATE FUNCTION house_overrides_certified_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until) THEN
        RAISE EXCEPTION 'candor: an override needs a valid certificate';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER house_overrides_certified BEFORE INSERT ON house_overrides
FOR EACH ROW EXECUTE FUNCTION house_overrides_certified_rule();
