-- A plan that takes over rows of an earlier one gives those people places of its own. The rows keep
-- their old numbers (SES's events name them); an alias leads from the new place to the row, so that
-- the new plan can claim what a person has asked to try again.

CREATE TABLE aliases (
    seq     {key},
    row_seq BIGINT NOT NULL
);
ALTER TABLE plans ADD COLUMN adopted BIGINT NOT NULL DEFAULT 0;
