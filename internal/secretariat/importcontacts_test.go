package secretariat_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// bring imports a file, and says what became of each line: "3 created Ny kontakt: …".
func (d *desk) bring(text string) (done *secretariat.ContactImport, lines []string) {
	d.t.Helper()
	file, err := secretariat.ParseContacts(strings.NewReader(text))
	if err != nil {
		d.t.Fatal(err)
	}
	var tried *secretariat.ContactImport
	if err := d.db.Rehearse(d.t.Context(), func(tx *store.Tx) (err error) {
		tried, err = secretariat.ImportContacts(tx, d.by, file)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	d.write(func(tx *store.Tx) (err error) {
		done, err = secretariat.DoImportContacts(tx, d.by, file, tried.Hash)
		return err
	})
	for _, l := range done.Lines {
		lines = append(lines, l.ID+" "+string(l.Outcome)+" "+l.Text.In(lang.Swedish))
	}
	return done, lines
}

func TestImportContacts(t *testing.T) {
	const table = "Namn;Organisation;E-post;Telefon;Roll;Skostorlek\r\n" +
		"Rut Ek;Polisen;rut.ek@omrade-vast.example;0151-000 01;Kommunpolis;38\r\n" + // new
		"Hans Gran;Polisen;hans.gran@omrade-vast.example;0151-000 02;;\r\n" + // another number
		"Jan Lönn;Skolan;jan.lonn@skola.example;;;\r\n" + // there already
		"Åsa Öman;Kulturföreningen;;0151-000 03;Ordförande;\r\n" + // a new organisation, by telephone
		";Biblioteket;;;;\r\n" + // an organisation alone
		"Utan Väg;Polisen;;;;\r\n" +
		"Fel Adress;Nya föreningen;fel adress;;;\r\n" +
		"Rut Igen;Polisen;rut.ek@omrade-vast.example;;;\r\n" +
		"Gun Gren;Polisen;gun.gren@omrade-vast.example;;;19121212-1212\r\n" +
		"Kim Ask;;kim@annan.example;;;\r\n"
	each(t, func(t *testing.T, d *desk) {
		done, lines := d.bring(table)
		for _, want := range []string{
			" noted Kolumnen ”Skostorlek” läses inte.",
			"2 created Ny kontakt: Rut Ek, Polisen",
			"3 changed Hans Gran: telefonnumret ändras från ”070-1740605” till ”0151-000 02”",
			"4 existed Jan Lönn finns redan.",
			"5 created Ny organisation: Kulturföreningen",
			"5 noted Rollen ”Ordförande” finns inte i planen och läses inte in.",
			"5 created Ny kontakt: Åsa Öman, Kulturföreningen. Nås per telefon",
			"6 created Ny organisation: Biblioteket",
			"7 refused Skriv en e-postadress eller ett telefonnummer.",
			"9 refused Samma kontakt står redan på rad 2.",
			"10 refused Här står något som ser ut som ett personnummer eller ett ärendenummer. Ta bort det ur filen.",
			"11 refused Organisation saknas. Skriv vilken organisation kontakten hör till.",
		} {
			if !slices.Contains(lines, want) {
				t.Errorf("no line %q among\n%s", want, strings.Join(lines, "\n"))
			}
		}
		if done.New != 2 || done.Changed != 1 || done.Existed != 1 || done.NewOrganisations != 2 || done.Left != 5 {
			t.Errorf("%+v", *done)
		}
		t.Run("keeps the role of the plan and adds no organisation for a line that is refused", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				c, err := partner.ByEmail(tx, "rut.ek@omrade-vast.example")
				if err != nil || c == nil || c.RoleID == nil {
					t.Errorf("%+v, %v", c, err)
				}
				all, err := partner.Organisations(tx, d.by)
				if slices.ContainsFunc(all, func(o partner.Organisation) bool { return o.Name == "Nya föreningen" }) {
					t.Error("an organisation for nobody")
				}
				return err
			})
		})
		t.Run("changes nothing the second time", func(t *testing.T) {
			done, lines := d.bring(table)
			if done.New+done.Changed+done.NewOrganisations != 0 || done.Left != 5 {
				t.Errorf("%+v\n%s", *done, strings.Join(lines, "\n"))
			}
		})
		t.Run("is refused when something has changed since it was tried", func(t *testing.T) {
			file, err := secretariat.ParseContacts(strings.NewReader("Namn,Organisation,Mail\nBo Ny,Polisen,bo.ny@annan.example\n"))
			if err != nil {
				t.Fatal(err)
			}
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.DoImportContacts(tx, d.by, file, "en annan")
				return err
			})
		})
		t.Run("is for coordinators", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				member, err := access.Load(tx, d.world.Identities[access.Member])
				if err != nil {
					return err
				}
				_, err = secretariat.ImportContacts(tx, member, &secretariat.ContactFile{})
				return err
			})
		})
		t.Run("reads what was exported, and it is the same", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&partner.Contact{}).Where("id = ?", d.world.Contacts["skolan-rektor"]).Updates(map[string]any{"phone": "+46 151 000 04"}).Error
			})
			for _, l := range []lang.Language{lang.Swedish, lang.English} {
				var out bytes.Buffer
				d.write(func(tx *store.Tx) error { out.Reset(); return secretariat.ExportContacts(tx, d.by, l, &out) })
				if strings.Contains(out.String(), "Ida Asp") || strings.Contains(out.String(), "ida@") || !strings.Contains(out.String(), "'+46") {
					t.Errorf("%s", out.String())
				}
				if done, lines := d.bring(out.String()); done.New+done.Changed+done.NewOrganisations+done.Left != 0 || done.Existed < 10 {
					t.Errorf("%+v\n%s", *done, strings.Join(lines, "\n"))
				}
			}
		})
	})
}

func TestParseContacts(t *testing.T) {
	encode := func(text string, with func(string) (string, error)) string {
		encoded, err := with(text)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	const table = "Förnamn\tEfternamn\tFöretag\tE-postadress\nÅsa\tÖman\tSkolan\tasa@skola.example\n"
	want := secretariat.ContactRow{Line: 2, Name: "Åsa Öman", Organisation: "Skolan", Email: "asa@skola.example"}
	for name, text := range map[string]string{
		"tabs":                         table,
		"a mark that it is UTF-8":      "\ufeff" + table,
		"semicolons, from Excel":       "sep=;\r\n" + strings.ReplaceAll(table, "\t", ";"),
		"commas and quotation marks":   strings.NewReplacer("\t", ",", "Åsa", `"Åsa"`).Replace(table),
		"Windows-1252":                 encode(table, charmap.Windows1252.NewEncoder().String),
		"UTF-16, Excel's Unicode text": encode(table, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String),
		"English headings":             strings.NewReplacer("Förnamn", "First Name", "Efternamn", "Last Name", "Företag", "Company", "E-postadress", "E-mail Address").Replace(table),
		"a card":                       "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Åsa Öman\r\nORG:Skolan;Högstadiet\r\nEMAIL;TYPE=work:asa@skola.example\r\nEND:VCARD\r\n",
		"a folded card with groups": "BEGIN:VCARD\nVERSION:4.0\nN:Öman;Åsa;;;\nORG:Sko\n lan\nitem1.EMAIL:annan@skola.example\nitem2.EMAIL;PREF=1:mailto:asa@skola.exa\n mple\nNOTE:Rad ett\\nrad två\n" +
			"END:VCARD\n",
		"quoted-printable of an old telephone": "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85sa =\r\n=C3=96man\r\nORG:Skolan\r\nEMAIL;INTERNET:asa@skola.example\r\nEND:VCARD\r\n",
	} {
		t.Run("reads "+name, func(t *testing.T) {
			file, err := secretariat.ParseContacts(strings.NewReader(text))
			if err != nil || len(file.Rows) != 1 {
				t.Fatalf("%+v, %v", file, err)
			}
			got := file.Rows[0]
			if got.Name != want.Name || got.Organisation != want.Organisation || got.Email != want.Email || got.Wrong.Key != "" {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("reads several cards, each at its line", func(t *testing.T) {
		file, err := secretariat.ParseContacts(strings.NewReader("BEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD\n\nBEGIN:VCARD\nVERSION:5.0\nFN:B\nTEL:tel:+46-151\nKIND:org\nEND:VCARD\n"))
		if err != nil || len(file.Rows) != 2 || file.Rows[1].Line != 6 || file.Rows[1].Phone != "+46-151" || file.Rows[1].Wrong.Key == "" || file.Rows[1].Organisation != "B" {
			t.Errorf("%+v, %v", file, err)
		}
	})
	t.Run("tells of a line with more fields than headings", func(t *testing.T) {
		file, err := secretariat.ParseContacts(strings.NewReader("Namn,Organisation\nEk, Rut,Polisen\n"))
		if err != nil || file.Rows[0].Wrong.Key == "" {
			t.Errorf("%+v, %v", file, err)
		}
	})
	for name, text := range map[string]string{
		"nothing":                       "",
		"headings without contacts":     "Namn;Organisation\n",
		"a table without headings":      "Rut Ek;Polisen;rut@annan.example\n",
		"a card that has no end":        "BEGIN:VCARD\nVERSION:3.0\nFN:A\n",
		"a card within another":         "BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\n",
		"a workbook":                    "PK\x03\x04\x00\x00",
		"more than a form carries":      "Namn;Organisation\n" + strings.Repeat("x", 720<<10),
		"more lines than anybody reads": "Namn;Organisation\n" + strings.Repeat("A;B\n", 2100),
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			if file, err := secretariat.ParseContacts(strings.NewReader(text)); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v, %v", file, err)
			}
		})
	}
}

func FuzzParseContacts(f *testing.F) {
	f.Add("Namn;Organisation\nA;B\n")
	f.Add("BEGIN:VCARD\nVERSION:2.1\nFN;ENCODING=QUOTED-PRINTABLE:=C3=\n=85\nEND:VCARD\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := secretariat.ParseContacts(strings.NewReader(text))
		if err == nil && len(file.Rows) == 0 || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v, %v", file, err)
		}
	})
}
