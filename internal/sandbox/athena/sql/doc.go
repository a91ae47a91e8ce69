// Package sql reads and runs the part of Athena's SQL that programs which copy
// tables need:
//
//	SELECT item, … [FROM ["db".]"table"] [WHERE condition]
//	    [GROUP BY expression or ordinal, …] [ORDER BY expression or ordinal [DESC], …] [LIMIT n]
//	UNLOAD (SELECT …) TO 's3://bucket/prefix/' WITH (name = 'value', …)
//
// Items are expressions with or without a name, or *. Expressions are columns,
// literals, CAST, TRY_CAST, json_format, from_iso8601_timestamp and count(*);
// conditions compare them, with LIKE, IN, IS NULL, AND, OR and NOT. All else
// fails, in the words that Athena uses.
//
// It knows the package table, and nothing of services, files or times of day.
package sql
