package hubspot

// The versions of the API.
const (
	version3      = "v3" // associations are of v4 there
	version202603 = "2026-03"
	version202609 = "2026-09"
)

// paths is where one version of the API has its addresses.
type paths struct{ objects, associations, owners, pipelines, properties, account, token string }

// pathsOf returns the addresses of a version: those of the third have a number of
// their own for each part, later ones a date.
func pathsOf(version string) paths {
	if version == version3 {
		return paths{
			objects: "/crm/v3/objects/", associations: "/crm/v4/associations/", owners: "/crm/v3/owners", pipelines: "/crm/v3/pipelines/",
			properties: "/crm/v3/properties/", account: "/account-info/v3/details", token: "/oauth/v1/token",
		}
	}
	return paths{
		objects: "/crm/objects/" + version + "/", associations: "/crm/associations/" + version + "/", owners: "/crm/owners/" + version,
		pipelines: "/crm/pipelines/" + version + "/", properties: "/crm/properties/" + version + "/",
		account: "/account-info/" + version + "/details", token: "/oauth/" + version + "/token",
	}
}

func (p paths) list(o object) string      { return p.objects + o.path }
func (p paths) batch(o object) string     { return p.objects + o.path + "/batch/read" }
func (p paths) search(o object) string    { return p.objects + o.path + "/search" }
func (p paths) ofProps(o object) string   { return p.properties + o.path }
func (p paths) pipelined(o object) string { return p.pipelines + o.path }

func (p paths) links(from, to object) string {
	return p.associations + from.path + "/" + to.path + "/batch/read"
}
