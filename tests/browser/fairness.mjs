// Fairness: what an audience does to groups, on the page and on the review of a campaign that lies outside the policy.
export async function fairness({ base, signIn, picture, accessible, check }) {
  const ana = await signIn('ana');
  await ana.goto(`${base}/fairness`);
  const words = await ana.locator('main').innerText();
  check('a campaign outside the policy comes first', /English readers only[\s\S]*Outside the policy/.test(words), words.slice(0, 600));
  check('each audit stands in the history', await ana.locator('section[aria-labelledby="hist"] tbody tr').count() >= 4);
  check('groups are drawn with intervals', await ana.locator('svg.groups circle.point.bad').count() > 0);
  check('what gives a group away is drawn, and language is among it', /language[\s\S]*gives away/.test(await ana.locator('main').innerHTML()));
  check('exposure is drawn for each attribute', await ana.locator('section[aria-labelledby^="h"] figure svg').count() >= 6);
  await picture(ana, 'fairness');
  await accessible(ana, 'fairness');
  await ana.locator('h2 a', { hasText: 'English readers only' }).click();
  const review = await ana.locator('section[aria-labelledby="fair"]').innerText();
  check('the review says what would help and what it costs', /What would help/.test(review) && /Leave out: language = en/.test(review), review.slice(0, 600));
  check('it says that the audience uses what gives a group away', /uses language, which tells/.test(review), review.slice(0, 600));
  check('the cut is named that lies outside', /age[^:]*: 0[.]\d+ →/i.test(review), review.slice(0, 900));
  await picture(ana, 'fairness-review');
  const oliver = await signIn('oliver');
  await oliver.goto(ana.url());
  await oliver.locator('form[action$="/approve"] button').click();
  check('it is not approved', /fairness policy|certificate/.test(await oliver.locator('main').innerText()), (await oliver.locator('main').innerText()).slice(0, 400));
}
