package validator

// builtIn returns the types that every registry has.
func builtIn() map[string]kind {
	zip := kind{"A US ZIP code (12345 or 12345-6789), a Canadian one (A1A 1A1) or, unless country is US or CA, one of another country.", newZip}
	return map[string]kind{
		"boolean":   {"A truth value: true, yes, on, y, t, active, false, no, off, n, f, inactive, or a number.", newBoolean},
		"choice":    {"One of the values listed in choices.", newChoice},
		"date":      {"A day such as 2021-05-20 or 05/20/2021, or an instant.", newDate},
		"datetime":  {"An instant such as 2021-05-20T18:01:02Z, or seconds or milliseconds since 1970.", newDatetime},
		"decimal":   {"A number, exactly; min, max, max_digits and places bound it.", newDecimal},
		"email":     {"An e-mail address without a name, such as joe@example.com.", newEmail},
		"integer":   {"A whole number of 64 bits; min and max bound it.", newInteger},
		"json":      {"A JSON value.", newJSON},
		"number":    {"A number; min and max bound it.", newNumber},
		"object_id": {"The id of a record: 1 to 20 digits.", newObjectID},
		"phone":     {"A phone number of 7 to 15 digits that country (US unless it is set) or the country after its + can have.", newPhone},
		"state":     {"A state, territory or province of the USA or Canada, by code or name; elsewhere any text of up to 100 characters.", newState},
		"string":    {"A text; min_length, max_length and pattern bound it.", newString},
		"time":      {"A time of day such as 18:01 or 18:01:02.5.", newTime},
		"url":       {"A web address with http:// or https:// and a host.", newURL},
		"zip":       zip,
		"zip_code":  zip,
	}
}
