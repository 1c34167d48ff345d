// Command trivydb writes a vulnerability database in Trivy's format, filled with the advisories of
// advisories.json. All of them are made up: the database shows that a scan gates an image, where
// Trivy's own database cannot be downloaded and would find something else every day.
//
// Usage: trivydb <folder>; writes <folder>/trivy.db and <folder>/metadata.json.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	bolt "go.etcd.io/bbolt"
)

//go:embed advisories.json
var advisories []byte

// advisory is one entry of advisories.json. Bucket is the database's name of an ecosystem
// ("debian 13", "pip::…", "npm::…"); without Fixed no version is safe.
type advisory struct {
	ID, Bucket, Package, Severity, Title, Fixed string
	Vulnerable                                  []string
	Cwe                                         []string
	Cvss                                        types.CVSS
}

var source = types.DataSource{ID: "todo-deploy", Name: "Advisories made up for demonstration", URL: "https://example.com/advisories"}

var published = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: trivydb <folder>")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "trivydb:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	var entries []advisory
	if err := json.Unmarshal(advisories, &entries); err != nil {
		return fmt.Errorf("advisories.json: %w", err)
	}
	if err := db.Init(dir); err != nil {
		return err
	}
	err := db.Config{}.BatchUpdate(func(tx *bolt.Tx) error {
		for _, entry := range entries {
			if err := put(tx, entry); err != nil {
				return fmt.Errorf("%s: %w", entry.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	// A next update in the past makes Trivy ask for the database again an hour after a download.
	meta := metadata.Metadata{Version: db.SchemaVersion, UpdatedAt: published, NextUpdate: published.Add(24 * time.Hour)}
	bytes, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "metadata.json"), bytes, 0o644)
}

func put(tx *bolt.Tx, entry advisory) error {
	severity, err := types.NewSeverity(entry.Severity)
	if err != nil {
		return err
	}
	detail := types.Advisory{VulnerableVersions: entry.Vulnerable}
	if len(entry.Vulnerable) == 0 {
		detail.FixedVersion = entry.Fixed
	} else if entry.Fixed != "" {
		detail.PatchedVersions = []string{entry.Fixed}
	}
	if entry.Fixed == "" {
		detail.Status = types.StatusAffected
	}
	operation := db.Config{}
	if err := operation.PutDataSource(tx, entry.Bucket, source); err != nil {
		return err
	}
	if err := operation.PutAdvisoryDetail(tx, entry.ID, entry.Package, []string{entry.Bucket}, &detail); err != nil {
		return err
	}
	if err := operation.SaveAdvisoryDetails(tx, entry.ID); err != nil {
		return err
	}
	return operation.PutVulnerability(tx, entry.ID, types.Vulnerability{
		Title:            entry.Title,
		Description:      "This advisory is made up. It marks a harmless package as vulnerable, to show that a scan stops an image.",
		Severity:         severity.String(),
		VendorSeverity:   types.VendorSeverity{source.ID: severity, "nvd": severity},
		CVSS:             types.VendorCVSS{"nvd": entry.Cvss},
		CweIDs:           entry.Cwe,
		References:       []string{source.URL + "/" + entry.ID},
		PublishedDate:    &published,
		LastModifiedDate: &published,
	})
}
