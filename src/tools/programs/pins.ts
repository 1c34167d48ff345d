/** A program that is downloaded where the runner has none. Digests are those that the projects publish with their releases. */
export interface ProgramPin {
  name: string;
  version: string;
  /** Without file name; the variable names a mirror with the same file names. */
  baseUrl: string;
  mirrorVariable: string;
  /** By `<process.platform>-<process.arch>`: archive, its SHA-256, and the program's folder in it. */
  archives: Readonly<Record<string, { file: string; sha256: string; folder: string }>>;
}

const helm = (platform: string, sha256: string) => ({ file: `helm-v4.2.2-${platform}.tar.gz`, sha256, folder: platform });

export const HELM: ProgramPin = {
  name: 'helm',
  version: '4.2.2',
  baseUrl: 'https://get.helm.sh',
  mirrorVariable: 'TODO_DEPLOY_HELM_MIRROR',
  archives: {
    'linux-x64': helm('linux-amd64', '9adafecab4d406853bba163a70e9f104f47dbbf65ce24b7653bae7e36150bcb6'),
    'linux-arm64': helm('linux-arm64', '78803142087a0069fa4b50d3f32a84d3ef25c14d1ee8a40fbccf86a6216d2f36'),
    'darwin-x64': helm('darwin-amd64', '10c1e36ee8c5f2e2ee25a16599cb03ab74c0953cd889cacb980a49ba4b6574ba'),
    'darwin-arm64': helm('darwin-arm64', '5410a0dae3d5d91f45653b161260d9301aabc4ae80ae50a6605d66884b6df8ea'),
  },
};

const trivy = (platform: string, sha256: string) => ({ file: `trivy_0.74.0_${platform}.tar.gz`, sha256, folder: '' });

export const TRIVY: ProgramPin = {
  name: 'trivy',
  version: '0.74.0',
  baseUrl: 'https://github.com/aquasecurity/trivy/releases/download/v0.74.0',
  mirrorVariable: 'TODO_DEPLOY_TRIVY_MIRROR',
  archives: {
    'linux-x64': trivy('Linux-64bit', '2ae6fe3ee734b7fdf11335663e18c75ea12dccc76062f09f164a3b0f8be4371a'),
    'linux-arm64': trivy('Linux-ARM64', 'b94ce1976bbf3c15b514b605ee88be7c6d94a29be2302847ff01cb794d47aad5'),
    'darwin-x64': trivy('macOS-64bit', '472816f6888dda689d075c30254d4210b4d1035acf365aa72332f584c2f60485'),
    'darwin-arm64': trivy('macOS-ARM64', '1caada5e0e2091909357c7525d3aa76f4b660b13821bc143b190c7483e31cc11'),
  },
};
