package hubspot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// link is the associations from one type to another.
type link struct{ from, to object }

func (l link) name() string { return l.from.name + "_" + l.to.name }

// plan is what an account has: its types of record and which of their associations
// are wanted.
type plan struct {
	standard []object
	custom   []object
	links    []link
}

// none is the value of a list that is to be empty.
const none = "none"

// planOf reads the settings custom_objects and associations.
func planOf(s crm.Settings) (plan, error) {
	p := plan{standard: standardObjects()}
	if err := p.addCustom(s.Text(optCustom)); err != nil {
		return plan{}, err
	}
	return p, p.addLinks(s.Text(optLinks))
}

// entries parts a list.
func entries(text string) []string {
	if strings.TrimSpace(text) == none {
		return nil
	}
	var list []string
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}

func (p *plan) addCustom(text string) error {
	form := regexp.MustCompile(`^([a-z][a-z0-9_]{0,30})\s*=\s*([0-9]{1,2}-[0-9]{1,12})$`)
	const fix = "Write the name that the stream is to have and the type id that HubSpot shows in the addresses of such records, such as divisions=2-37778609."
	for _, entry := range entries(text) {
		m := form.FindStringSubmatch(entry)
		if m == nil {
			return badSetting(fmt.Sprintf("custom_objects: %q is not a name in small letters and a type id", entry), fix)
		}
		if _, taken := p.object(m[1]); taken || slices.Contains([]string{streamOwners, streamPipelines, streamStages}, m[1]) {
			return badSetting(fmt.Sprintf("custom_objects: the name %s is taken", m[1]), "Give it another name.")
		}
		if o, taken := p.object(m[2]); taken {
			return badSetting(fmt.Sprintf("custom_objects: the type %s is the stream %s already", m[2], o.name), "Take it out.")
		}
		p.custom = append(p.custom, customObject(m[1], m[2]))
	}
	return nil
}

func (p *plan) addLinks(text string) error {
	for _, entry := range entries(text) {
		from, to, ok := strings.Cut(entry, "-")
		if !ok {
			return badSetting(fmt.Sprintf("associations: %q is not two types with - between", entry), "Write it as deals-contacts.")
		}
		var l link
		for _, side := range []struct {
			name string
			at   *object
		}{{from, &l.from}, {to, &l.to}} {
			if *side.at, ok = p.object(strings.TrimSpace(side.name)); !ok {
				return badSetting(fmt.Sprintf("associations: there is no type %q in %q", side.name, entry),
					"Use names of streams, such as deals-contacts; types of your own have to be in custom_objects.")
			}
		}
		if slices.ContainsFunc(p.links, func(other link) bool { return other.name() == l.name() }) {
			return badSetting(fmt.Sprintf("associations: %q is there twice", entry), "Take one of them out.")
		}
		p.links = append(p.links, l)
	}
	return nil
}

// object returns the type of that name or type id.
func (p *plan) object(name string) (object, bool) {
	for _, o := range slices.Concat(p.standard, p.custom) {
		if o.name == name || o.typeID == name {
			return o, true
		}
	}
	return object{}, false
}

// link returns the associations that are the stream of that name.
func (p *plan) link(name string) (link, bool) {
	i := slices.IndexFunc(p.links, func(l link) bool { return l.name() == name })
	if i < 0 {
		return link{}, false
	}
	return p.links[i], true
}

// more are the streams that only the settings tell of.
func more(s crm.Settings) ([]crm.Stream, error) {
	p, err := planOf(s)
	if err != nil {
		return nil, err
	}
	var streams []crm.Stream
	for _, o := range p.custom {
		streams = append(streams, customStream(o))
	}
	for _, l := range p.links {
		streams = append(streams, linkStream(l))
	}
	return streams, nil
}

func badSetting(message, fix string) error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message, Fix: fix}
}
