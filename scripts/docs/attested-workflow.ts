import { readFileSync } from 'node:fs';

const SOURCE = '.github/workflows/deploy.yml';

/** What deploy-attested.yml has otherwise than deploy.yml: a text that stands there once, and what stands in its place. */
const CHANGES: readonly (readonly [from: string, to: string])[] = [
  [
    "# Called by another repository's workflow: build, scan and push; deploy blue-green; smoke-test. docs/workflows.md shows how.\nname: deploy\n",
    '# deploy.yml with signed provenance: what was pushed is signed by this workflow, and nothing else is deployed. The caller grants id-token: write and\n# attestations: write as well, which is why it is a workflow of its own. Written from deploy.yml by `npm run docs`.\nname: deploy-attested\n',
  ],
  ['for each of the two jobs:', 'for the job that builds and the one that deploys:'],
  [
    `      reuse:
        description: "An image whose inputs have not changed since it was pushed is neither built nor scanned again."
        type: boolean
        default: true
`,
    '',
  ],
  [
    `        description: "Where the build cache is kept: registry, gha, or off."
        type: string
        default: registry
`,
    `        description: "Where the build cache is kept: registry, gha, or off. Whoever may write to a cache has a say in what is signed."
        type: string
        default: "off"
`,
  ],
  [
    `      cluster:
        description:`,
    `      trusted-root:
        description: "File in the repository with the certificates of those who may sign, as \`gh attestation trusted-root\` prints it. Default: what Sigstore and GitHub publish."
        type: string
        default: ""
      cluster:
        description:`,
  ],
  [
    `      image-count: \${{ steps.build.outputs.image-count }}\n`,
    `      image-count: \${{ steps.build.outputs.image-count }}\n      subjects: \${{ steps.build.outputs.subjects }}\n`,
  ],
  [
    `          reuse: \${{ inputs.reuse }}\n`,
    '          # What tells that nothing has changed is not signed, and anybody who may push could write it.\n          reuse: false\n',
  ],
  [
    `  deploy:
    name: Deploy
    needs: build
    # GitHub drops a job's output that holds masked text. One that says nothing is no reason to deploy nothing and be green.
    if: needs.build.outputs.pushed != 'false' || inputs.dry-run
`,
    `  # Signs as this workflow, for the caller's repository. It runs nothing of the repository: what is built cannot sign.
  attest:
    name: Sign \${{ matrix.subject.name }}
    needs: build
    if: needs.build.outputs.pushed != 'false' && !inputs.dry-run
    runs-on: \${{ inputs.runner }}
    timeout-minutes: 15
    permissions:
      id-token: write # to sign as this workflow
      attestations: write # to keep the provenance where \`gh attestation verify\` looks
    strategy:
      matrix:
        # Where GitHub dropped the output this is an error, and nothing is deployed.
        subject: \${{ fromJSON(needs.build.outputs.subjects) }}
    steps:
      - name: Log in to the registry, in a folder of this job's own
        env:
          LOGIN_HOME: \${{ runner.temp }}/attest
          REGISTRY: \${{ inputs.registry }}
          REGISTRY_USERNAME: \${{ inputs.registry-username }}
          REGISTRY_PASSWORD: \${{ secrets.REGISTRY_PASSWORD }}
          DIGITALOCEAN_ACCESS_TOKEN: \${{ secrets.DIGITALOCEAN_ACCESS_TOKEN }}
        run: |
          host=\${REGISTRY%%/*}
          host=\${host,,}
          if [ "$host" = registry.digitalocean.com ]; then
            REGISTRY_USERNAME=\${REGISTRY_USERNAME:-$DIGITALOCEAN_ACCESS_TOKEN}
            REGISTRY_PASSWORD=\${REGISTRY_PASSWORD:-$DIGITALOCEAN_ACCESS_TOKEN}
          fi
          mkdir -p "$LOGIN_HOME/.docker"
          printf %s "$REGISTRY_PASSWORD" | docker --config "$LOGIN_HOME/.docker" login "$host" --username "$REGISTRY_USERNAME" --password-stdin
      - uses: actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6 # v4.2.2
        env:
          HOME: \${{ runner.temp }}/attest # where it looks for the login
        with:
          subject-name: \${{ matrix.subject.name }}
          subject-digest: \${{ matrix.subject.digest }}
          push-to-registry: true
          create-storage-record: false # it would need one permission more
      - name: Forget the login
        if: always()
        env:
          LOGIN_HOME: \${{ runner.temp }}/attest
        run: rm -rf "$LOGIN_HOME"

  deploy:
    name: Deploy
    needs: [build, attest]
    # GitHub drops a job's output that holds masked text. One that says nothing is no reason to deploy nothing and be green.
    if: >-
      !cancelled() && needs.build.result == 'success' && (needs.attest.result == 'success' || inputs.dry-run)
      && (needs.build.outputs.pushed != 'false' || inputs.dry-run)
`,
  ],
  [
    `          version: \${{ needs.build.outputs.version || 'dropped by GitHub' }}\n`,
    `          version: \${{ needs.build.outputs.version || 'dropped by GitHub' }}
          # Of the caller's sources, signed by this very workflow.
          verify: |
            \${{ github.repository }}
            \${{ job.workflow_ref }}
          trusted-root: \${{ inputs.trusted-root }}
`,
  ],
];

/** The text of .github/workflows/deploy-attested.yml. Throws where deploy.yml has no longer what is changed. */
export function attestedWorkflow(): string {
  return CHANGES.reduce(
    (text, [from, to]) => {
      const found = text.split(from).length - 1;
      if (found !== 1) throw new Error(`scripts/docs/attested-workflow.ts: ${SOURCE} has this ${found} times, not once:\n${from}`);
      return text.replace(from, () => to);
    },
    readFileSync(SOURCE, 'utf8'),
  );
}
