-- Which version of the program used this database last, at each schema that it had. An earlier one that is started on it says so.
CREATE TABLE program (
    schema  {number} PRIMARY KEY,                        -- the number of the last migration
    version TEXT NOT NULL
);
