// The fact sheet and the guard's work in compose and review: a file is looked at and written, a fact mended, a held claim
// released by the fact its link asks for, a wrong figure repaired with one click, with script and without.
const phone = { viewport: { width: 390, height: 844 } };
const spanish = { locale: 'es-ES', extraHTTPHeaders: { 'Accept-Language': 'es' } };

export async function facts({ base, visitor, signIn, picture, accessible, check, beyond }) {
  const marta = await signIn('marta');
  // --- a file with a fault is told by line and changes nothing
  await marta.goto(`${base}/facts/import`);
  await marta.fill('#text', 'entity,predicate,value\noffer:tasting,price,29.00 EUR\noffer:tasting,valid_until,2026-02-31\n');
  await marta.locator('main form button.primary').last().click();
  check('a fault of a file is told with its line', /Line 3/.test(await marta.locator('main').innerText()));
  await picture(marta, 'facts-import-wrong');
  await accessible(marta, 'a file that cannot be taken');
  await marta.fill('#text', 'entity,predicate,value,type\noffer:tasting,price,29.00 EUR,\noffer:tasting,discount,20%,\noffer:tasting,free_shipping,true,\n');
  await marta.fill('#source', 'erp:offers');
  await marta.locator('main form button.primary').last().click();
  await picture(marta, 'facts-import');
  await accessible(marta, 'the look at a file');
  await marta.locator('form:has(input[name="seen"]) button').click();
  check('what was looked at is written', /Written/.test(await marta.locator('main').innerText()));
  // --- the sheet, and one fact with its history
  await marta.goto(`${base}/facts`);
  await picture(marta, 'facts');
  await accessible(marta, 'the fact sheet');
  await marta.goto(`${base}/facts?q=tasting`);
  await marta.locator('table a', { hasText: 'price' }).click();
  await marta.fill('#value', '31.00 EUR');
  await marta.locator('form:has(#value) button.primary').click();
  check('a mended fact says what it said before', /€29 → €31/.test(await marta.locator('main').innerText()));
  await picture(marta, 'fact');
  await accessible(marta, 'one fact');
  await marta.goto(`${base}/rules`);
  await picture(marta, 'rules');
  await accessible(marta, 'the rule book');

  // --- compose: marks as one types, what a statement stands on, one click that mends
  const body = 'The tasting costs €19.00, with free shipping. Free Wi-Fi in every shop. Come and see.';
  await marta.goto(`${base}/campaigns/new?template=win_back`);
  await marta.fill('#name', 'Tasting');
  await marta.fill('#offer', 'offer:tasting');
  await marta.fill('#en_subject', 'A tasting for you');
  for (const field of ['preheader', 'headline']) await marta.fill(`#en_${field}`, 'A quiet afternoon');
  await marta.fill('#en_body', body);
  for (const field of ['subject', 'preheader', 'headline', 'body', 'button']) await marta.fill(`#es_${field}`, '');
  await marta.waitForFunction(() => document.querySelector('.ink .m-block'), null, { timeout: 20000 });
  const marked = await marta.locator('#en_body').evaluate((field) => [...field.parentElement.querySelectorAll('.ink mark.m-block')].map((m) => m.textContent));
  check('what blocks is marked in the field as one types', marked.includes('€19.00'), JSON.stringify(marked));
  const ground = marta.locator('#panel .m-ground').first();
  await ground.focus();
  check('a supported statement tells its fact on focus', /free_shipping|discount|price/.test(await ground.innerText()), await ground.innerText());
  await picture(marta, 'compose-marked');
  await accessible(marta, 'compose with marks');
  const release = await marta.locator('#panel a[href^="/facts/new"]').first().getAttribute('href');
  check('a held claim names the fact that would release it', /predicate=free_wifi/.test(release), release);
  await marta.locator('#panel button[name="mend"]', { hasText: '€31' }).first().click();
  check('one click writes the slot of the fact', (await marta.inputValue('#en_body')).includes('{{ offer.price }}'), await marta.inputValue('#en_body'));
  await marta.goto(`${base}${release}`);
  check('the form is filled in but for the value', await marta.inputValue('#predicate') === 'free_wifi' && await marta.inputValue('#value') === '');
  await picture(marta, 'fact-new');
  await accessible(marta, 'a new fact');

  // --- the same without script
  const plain = await visitor({ javaScriptEnabled: false });
  await plain.context().addCookies(await marta.context().cookies());
  await plain.goto(`${base}/campaigns/new?template=win_back`);
  await plain.fill('#name', 'Tasting');
  await plain.fill('#offer', 'offer:tasting');
  for (const field of ['preheader', 'headline']) await plain.fill(`#en_${field}`, 'A quiet afternoon');
  await plain.fill('#en_body', body);
  await plain.locator('button[name="then"][value="check"]').click();
  await plain.locator('#panel button[name="mend"]', { hasText: '€31' }).first().click();
  check('a repair works without script', (await plain.inputValue('#en_body')).includes('{{ offer.price }}'));

  // --- Spanish on a phone
  const movil = await visitor({ ...phone, ...spanish });
  await movil.context().addCookies((await marta.context().cookies()).filter((cookie) => cookie.name !== 'lang'));
  for (const [name, where] of [['facts', '/facts'], ['fact', '/facts/1'], ['facts-import', '/facts/import'], ['rules', '/rules'], ['compose', '/campaigns/new?template=win_back'], ['review', '/campaigns/1/review']]) {
    await movil.goto(`${base}${where}`);
    check(`${name} fits on a phone`, await beyond(movil) === '', await beyond(movil));
    await picture(movil, `es-phone-${name}`);
    await accessible(movil, `${name} in Spanish on a phone`);
  }
  const review = await signIn('oliver');
  await review.goto(`${base}/campaigns/1/review`);
  check('review tells sentence by sentence what was checked', /Sentence by sentence/.test(await review.locator('main').innerText()) && /unchecked/i.test(await review.locator('main').innerText()));
  await picture(review, 'review-sentences');
}
