-- What the model's last layer read of the face that a tap belongs to, where the box may learn.
ALTER TABLE corrections ADD COLUMN embedding BLOB NOT NULL DEFAULT x'';
ALTER TABLE confirmations ADD COLUMN embedding BLOB NOT NULL DEFAULT x'';

-- Undone by:
ALTER TABLE corrections DROP COLUMN embedding;
ALTER TABLE confirmations DROP COLUMN embedding;
