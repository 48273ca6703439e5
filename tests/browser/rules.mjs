// Rules of the brand: written and tried without script, saved, and a built-in rule overridden by the privacy officer.
export async function rules({ base, visitor, signIn, picture, accessible, check, beyond }) {
  const oliver = await signIn('oliver');
  await oliver.goto(`${base}/rules/new`);
  await accessible(oliver, 'the form of a new rule');
  await picture(oliver, 'rule-new');
  const plain = await visitor({ javaScriptEnabled: false });
  await plain.context().addCookies(await oliver.context().cookies());
  await plain.goto(`${base}/rules/new`);
  const typed = { id: 'B-clients', name_en: 'our word', name_es: 'nuestra palabra', why_en: 'we say customers', why_es: 'decimos clientes', en: 'clients to customers', es: 'usuarios -> clientes', sample: 'Dear clients, hello.' };
  for (const [name, value] of Object.entries(typed)) await plain.fill(`#${name}`, value);
  await plain.selectOption('#kind', 'wording');
  await plain.selectOption('#language', 'en');
  await plain.locator('button[value="try"]').click();
  check('what is wrong with a rule is said at the form', /is no pair/.test(await plain.locator('[role=alert]').innerText()));
  check('nothing that was typed is lost', await plain.inputValue('#en') === typed.en && await plain.inputValue('#sample') === typed.sample && await plain.inputValue('#kind') === 'wording');
  await plain.fill('#en', 'clients -> customers');
  await plain.locator('button[value="try"]').click();
  check('a rule is tried before it is saved', /finds 1 place[^]*clients[^]*write `customers`/.test(await plain.locator('main').innerText()));
  await picture(plain, 'rule-tried');
  await plain.locator('button[value="save"]').click();
  check('a rule is saved', plain.url().startsWith(`${base}/rules/B-clients`) && /In force/.test(await plain.locator('main').innerText()));
  await oliver.goto(`${base}/rules/B-clients`);
  await accessible(oliver, 'a rule of the brand');
  await oliver.goto(`${base}/rules`);
  await accessible(oliver, 'the rule book');
  await picture(oliver, 'rules');

  const pilar = await signIn('pilar');
  await pilar.goto(`${base}/rules/M3`);
  await accessible(pilar, 'a built-in rule');
  await pilar.fill('#why', 'stock is counted by hand until the new till');
  const soon = await pilar.evaluate(() => new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10));
  await pilar.fill('#until', soon);
  await pilar.locator('form[action$="/override"] button').click();
  await picture(pilar, 'rule-overridden');
  const marta = await signIn('marta');
  await marta.goto(`${base}/rules/M3`);
  const seen = await marta.locator('main').innerText();
  check('everybody sees who overrode a rule and why', /Pilar Ortega/.test(seen) && /counted by hand/.test(seen), seen.slice(0, 400));
  check('who writes has no button for it', await marta.locator('main form').count() === 0);
  for (const locale of ['en-GB', 'es-ES']) {
    const phone = await signIn('pilar', { viewport: { width: 390, height: 844 }, locale });
    for (const [name, path] of [['rule-new', '/rules/new'], ['rule', '/rules/B-clients'], ['rule-built-in', '/rules/M3']]) {
      await phone.goto(`${base}${path}`);
      check(`${name} fits on a phone (${locale})`, await beyond(phone) === '', await beyond(phone));
      await picture(phone, `${locale.slice(0, 2)}-phone-${name}`);
    }
  }
  await pilar.goto(`${base}/rules/M3`);
  await pilar.locator('form[action$="/override/end"] button').click();
  check('an override is ended', /holds back again/.test(await pilar.locator('body').innerText()));
  await plain.goto(`${base}/rules/B-clients`);
  await plain.locator('form[action$="/retire"] button').click();
  check('a rule is retired and can be restored', await plain.locator('input[name="undo"]').count() === 1);
}
