-- Training is written once, and without it nobody approves, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER training_reads_kept BEFORE DELETE ON training_reads
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER training_reads_once BEFORE UPDATE ON training_reads
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER training_tests_kept BEFORE DELETE ON training_tests
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER training_tests_once BEFORE UPDATE ON training_tests
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER training_results_kept BEFORE DELETE ON training_results
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER training_results_once BEFORE UPDATE ON training_results
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER certificates_kept BEFORE DELETE ON certificates
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER certificates_once BEFORE UPDATE ON certificates
BEGIN SELECT RAISE(ABORT, 'candor: what people learned and earned is kept'); END;

CREATE TRIGGER training_results_in_time BEFORE INSERT ON training_results
WHEN NOT EXISTS (SELECT 1 FROM training_tests t WHERE t.id = NEW.test AND t.begun_at <= NEW.at AND NEW.at < t.ends_at)
BEGIN SELECT RAISE(ABORT, 'candor: a test is handed in while it is open'); END;

CREATE TRIGGER certificates_earned BEFORE INSERT ON certificates
WHEN NOT EXISTS (SELECT 1 FROM training_results r JOIN training_tests t ON t.id = r.test WHERE r.test = NEW.test AND r.passed = 1 AND t.person = NEW.person AND r.at = NEW.issued_at)
BEGIN SELECT RAISE(ABORT, 'candor: a certificate is earned by a test that was passed'); END;

CREATE TRIGGER approvals_certified BEFORE INSERT ON approvals
WHEN NEW.verdict = 'approved' AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.approver AND c.issued_at <= NEW.at AND NEW.at < c.valid_until)
BEGIN SELECT RAISE(ABORT, 'candor: an approval needs a valid certificate of the approver'); END;

CREATE TRIGGER house_overrides_certified BEFORE INSERT ON house_overrides
WHEN NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until)
BEGIN SELECT RAISE(ABORT, 'candor: an override needs a valid certificate'); END;
