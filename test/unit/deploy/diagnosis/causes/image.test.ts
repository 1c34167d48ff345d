import { describe, expect, test } from '@jest/globals';
import { imageCause } from '../../../../../src/deploy/diagnosis/causes/image.ts';

const NOT_FOUND = 'failed to pull and unpack image "r.example.com/todo:v9": failed to resolve reference: r.example.com/todo:v9: not found';

describe('images', () => {
  test.each([
    [NOT_FOUND, 'ErrImagePull', 'image-not-found', 0],
    ['manifest unknown: manifest unknown', 'ImagePullBackOff', 'image-not-found', 0],
    ['failed to authorize: failed to fetch oauth token: 401 Unauthorized', 'ErrImagePull', 'registry-auth', 0],
    ['pull access denied, repository does not exist or may require authorization', 'ErrImagePull', 'registry-auth', 0],
    ['failed to pull: no match for platform in manifest sha256:0af1: not found', 'ErrImagePull', 'image-architecture', 0],
    ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'ErrImagePull', 'image-architecture', 0],
    ['choosing an image from manifest list: no image found in image index for architecture arm64', 'ErrImagePull', 'image-architecture', 0],
    ['dial tcp 10.0.0.1:443: i/o timeout', 'ErrImagePull', 'image-pull', 60_000],
    ['', 'InvalidImageName', 'image-not-found', 0],
    ['', 'ErrImageNeverPull', 'image-not-found', 0],
  ])('%s (%s) is %s', (detail, waiting, reason, graceMs) => {
    expect(imageCause('r.example.com/todo:v9', detail, waiting)).toMatchObject({ reason, graceMs });
  });
});
