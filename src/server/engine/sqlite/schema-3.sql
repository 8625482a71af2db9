-- Version 3: versions of a message are kept by what each has of its own.

-- What the version shares with the next one, and its body does not have; NULL if it is whole.
ALTER TABLE version ADD COLUMN shared TEXT;
