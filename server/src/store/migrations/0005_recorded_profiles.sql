-- The profile of an attempt, as it was when the attempt was queued.
ALTER TABLE attempts ADD COLUMN profile TEXT;     -- as on the wire: of its environment the names only
ALTER TABLE attempts ADD COLUMN profile_env TEXT; -- sealed

-- Until now an attempt's next turn took the profile as it was by then.
UPDATE attempts SET
    profile = (SELECT json_object('label', label, 'config', json(iif(config -> '$.env' IS NULL, config,
            json_set(config, '$.env', json((SELECT json_group_array(key) FROM json_each(config, '$.env')))))))
        FROM profiles WHERE profiles.profile_id = attempts.profile_id),
    profile_env = (SELECT coalesce(config -> '$.env', '{}') FROM profiles WHERE profiles.profile_id = attempts.profile_id)
WHERE run_here = 1 AND profile_id IS NOT NULL;
