import { debianPackages } from './debian.ts';
import { PYTHON } from './pins.ts';
import type { LayerRecipe, StoredLayer } from './recipe.ts';

// Compiled files would carry the build's time; pip runs without them.
const PIP_OPTIONS = '--quiet --no-compile --no-cache-dir --no-index --root-user-action=ignore --break-system-packages';

/**
 * Debian's Python with a pip of its own below /usr/local, as Docker Hub's image has it: `python`, `python3` and `pip` on
 * PATH, packages go to /usr/local/lib/python3.13/site-packages, and nothing marks the environment as externally managed.
 */
export function pythonLayer(base: StoredLayer): LayerRecipe {
  const python = `python${PYTHON.version}`;
  const lib = `"$1/usr/local/lib/${python}"`;
  return debianPackages(base, {
    name: 'python',
    packages: [python, `${python}-venv`],
    after: [
      `rm -f "$1/usr/lib/${python}/EXTERNALLY-MANAGED"`,
      `mkdir -p ${lib}/dist-packages && ln -sfn dist-packages ${lib}/site-packages`,
      `ln -sf /usr/bin/${python} "$1/usr/local/bin/python" && ln -sf /usr/bin/${python} "$1/usr/local/bin/python3"`,
      // Debian splits pip off; the wheel that its venv module uses installs itself.
      `chroot "$1" sh -c 'cd /usr/share/python-wheels && wheel=$(echo pip-*.whl) && ${python} $wheel/pip install ${PIP_OPTIONS} ./$wheel'`,
    ],
  });
}
