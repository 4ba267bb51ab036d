-- Who runs a job, by a name that tells its process apart (holder.h): what a killed one ran is taken over at once.
ALTER TABLE job ADD COLUMN holder TEXT NOT NULL DEFAULT '';
